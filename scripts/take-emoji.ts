/**
 * Takes the icons of the drawn scenes out of the npm package @iconify-json/noto into data/vocdet/emoji.
 *
 *   npm pack @iconify-json/noto@1.2.9 && tar -xzf iconify-json-noto-1.2.9.tgz
 *   npx tsx scripts/take-emoji.ts package/icons.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { emojiNames } from '../ts/tasks/vocdet/synth/emoji';

interface IconSet {
  readonly icons: Readonly<Record<string, { readonly body: string }>>;
  readonly width?: number;
  readonly height?: number;
}

const { icons, width = 128, height = 128 } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as IconSet;
const folder = resolve(__dirname, '..', 'data', 'vocdet', 'emoji');
for (const name of emojiNames) {
  writeFileSync(
    join(folder, `${name}.svg`),
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 ${width} ${height}">${icons[name]!.body}</svg>\n`,
  );
}
