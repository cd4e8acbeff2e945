import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary folder with these files, by relative path; removed when the tests of the suite are done. */
export function temporaryFolder(): { write(files: Readonly<Record<string, string | Uint8Array>>): string } {
  let root: string;
  let made = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'torchts-faces-'))));
  after(() => rmSync(root, { recursive: true }));
  return {
    write(files) {
      const folder = join(root, String(made++));
      mkdirSync(folder);
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      return folder;
    },
  };
}

/** The official list files for three images and two attributes. */
export const lists = {
  'list_attr_celeba.txt': '3\nSmiling Young \n000001.jpg  1 -1\n000002.jpg -1  1\n000003.jpg -1 -1\n',
  'list_eval_partition.txt': '000001.jpg 0\n000002.jpg 1\n000003.jpg 2\n',
};

export const imageNames = ['000001.jpg', '000002.jpg', '000003.jpg'];
