import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AnnotatedObject } from '../../../ts/tasks/vocdet/annotations/annotation';

/** A temporary folder for the tests of a suite, removed when they are done. */
export function temporaryFolder(): {
  path(): string;
  write(files: Readonly<Record<string, string | Uint8Array>>): string;
} {
  let root: string;
  let made = 0;
  before(() => (root = mkdtempSync(join(tmpdir(), 'torchts-scenes-'))));
  after(() => rmSync(root, { recursive: true }));
  const path = () => join(root, String(made++));
  return {
    path,
    write(files) {
      const folder = path();
      mkdirSync(folder);
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      return folder;
    },
  };
}

/** A file of the real data beside the repository; skips the test with a reason where there is none. */
export function realData(test: Mocha.Context, name: string): string {
  const path = join(process.env['TORCHTS_DATA'] ?? resolve(__dirname, '../../../../shared/data'), name);
  if (!existsSync(path)) {
    test.test!.title += ` (skipped: ${path} is absent)`;
    test.skip();
  }
  return path;
}

/** Unpacks a .tar.gz of the real data to `folder`. */
export function gunzipTo(folder: string, archive: string): string {
  const tar = join(folder, 'unpacked.tar');
  mkdirSync(folder, { recursive: true });
  writeFileSync(tar, gunzipSync(readFileSync(archive)));
  return tar;
}

export interface SceneObject {
  readonly name: string;
  /** xmin, ymin, xmax, ymax as VOC counts: from 1, both ends inside. */
  readonly pixels: readonly [number, number, number, number];
  readonly difficult?: number;
}

/** An annotation as VOC writes it. */
export function vocXml(width: number, height: number, objects: readonly SceneObject[]): string {
  const object = ({ name, pixels, difficult = 0 }: SceneObject) => {
    const sides = ['xmin', 'ymin', 'xmax', 'ymax'].map((side, i) => `<${side}>${pixels[i]}</${side}>`).join('');
    return `  <object>\n    <name>${name}</name>\n    <difficult>${difficult}</difficult>\n    <bndbox>${sides}</bndbox>\n  </object>\n`;
  };
  return `<annotation>\n  <size><width>${width}</width><height>${height}</height><depth>3</depth></size>\n${objects.map(object).join('')}</annotation>\n`;
}

export function object(given: Partial<AnnotatedObject> & Pick<AnnotatedObject, 'name' | 'box'>): AnnotatedObject {
  return { difficult: false, crowd: false, location: 'a.xml line 1', ...given };
}
