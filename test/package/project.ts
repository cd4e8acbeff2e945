import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { writeTar } from '../data/tar-writer';
import { attributes, image as face, smallWeights as smallFaceWeights } from '../tasks/facecls/small-model';
import { cocoClasses, drawnImage, smallConfig, smallWeights, vocFiles } from '../tasks/vocdet/small-detector';
import { REPOSITORY, type Outcome } from './packed';

/** The name of VOC 2012's archive. */
export const ARCHIVE = 'VOCtrainval_11-May-2012.tar';

/** Parts of the repository that the Makefile and the commands read. */
const LINKED = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'CMakeLists.txt',
  'node_modules',
  'dist',
  'build',
  'ts',
  'native',
  'scripts',
];

/** What the Makefile is to take as made: nothing is installed, compiled or built while tests run. */
const MADE = ['node_modules/.package-lock.json', 'dist/.made', 'build/Release/torchts.node'];

/**
 * A folder in which the Makefile and the commands work as in the repository, with small data beside them, and a server that
 * has the images and the archive of VOC 2012.
 */
export class Project {
  readonly root = mkdtempSync(join(tmpdir(), 'torchts-project-'));
  readonly archive: Buffer;
  readonly #server: Server;

  private constructor(archive: Buffer, server: Server) {
    this.archive = archive;
    this.#server = server;
    cpSync(join(REPOSITORY, 'Makefile'), join(this.root, 'Makefile'));
    for (const name of LINKED) symlinkSync(join(REPOSITORY, name), join(this.root, name));
    mkdirSync(join(this.root, 'bin'));
    for (const name of ['torchts', 'facecls', 'vocdet']) {
      writeFileSync(
        join(this.root, 'bin', name),
        `#!/bin/sh\nexec "${process.execPath}" "${join(REPOSITORY, 'dist/cli', `${name}.js`)}" "$@"\n`,
        { mode: 0o755 },
      );
    }
    // The official hash is that of 2 GB.
    const official = JSON.stringify(join(REPOSITORY, 'dist/tasks/vocdet/download.js'));
    this.write(
      'small-archive.cjs',
      `Object.assign(require(${official}).vocArchives['2012'][0], { md5: '${createHash('md5').update(archive).digest('hex')}' });\n`,
    );
  }

  static async create(): Promise<Project> {
    const archive = writeTar(underFolder('VOCdevkit/VOC2012', await vocFiles({ train: 4, val: 2, trainval: 2 })));
    const street = await drawnImage(1);
    const server = createServer((request, response) => {
      const found = request.url === `/voc/${ARCHIVE}` ? archive : request.url?.endsWith('.jpg') ? street : undefined;
      response.writeHead(found ? 200 : 404).end(found);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Project(archive, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  remove(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.root, { recursive: true });
  }

  write(name: string, content: string | Uint8Array): void {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  writeAll(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  /** Runs a line of a shell in the folder. Not synchronous: the server answers meanwhile. */
  async run(line: string, environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const env = {
      ...process.env,
      OMP_NUM_THREADS: '1',
      HF_HUB_OFFLINE: '1',
      MAKEFLAGS: '',
      PATH: `${join(this.root, 'bin')}:${join(REPOSITORY, 'node_modules/.bin')}:${process.env.PATH}`,
      ...environment,
    };
    const child = spawn('bash', ['-c', line], { cwd: this.root, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, output };
  }

  /** Runs make; the small archive counts as the official one. */
  make(args: string): Promise<Outcome> {
    return this.run(`make ${MADE.map((path) => `-o ${path}`).join(' ')} ${args}`, {
      NODE_OPTIONS: `--require ${join(this.root, 'small-archive.cjs')}`,
    });
  }

  /** Few drawn faces and scenes where the commands look for them, recorded as what they would draw themselves. */
  async drawLittle(): Promise<void> {
    const few = '--train 8 --val 4 --test 4';
    for (const [command, folder, marker, usual] of [
      ['facecls', 'data/processed/faces', 'drawn-faces.json', { train: 4000, val: 400, test: 400 }],
      ['vocdet', 'data/processed/scenes', 'drawn-scenes.json', { train: 3200, val: 200, test: 200 }],
    ] as const) {
      const { status, output } = await this.run(`${command} data synth --out ${folder} ${few} && node -e '
        const fs = require("node:fs"), path = process.argv[1];
        fs.writeFileSync(path, JSON.stringify({ ...JSON.parse(fs.readFileSync(path, "utf8")), ...${JSON.stringify(usual)} }));' ${folder}/${marker}`);
      if (status !== 0) throw new Error(output);
    }
  }

  /** Datasets, images, weights and configurations of the smallest size, under the names that the docs use. */
  async writeSmallFiles(): Promise<void> {
    const { backboneStart, model, shortestEdge, longestEdge, augment, optimizer } = smallConfig('');
    this.writeAll({
      'tiny-vocdet.yaml': stringify({
        epochs: 1,
        batchSize: 4,
        model,
        backboneStart,
        shortestEdge,
        longestEdge,
        augment,
        optimizer,
      }),
      // Weights have their sizes already.
      'tuned-vocdet.yaml': stringify({ epochs: 1, batchSize: 4, backboneStart: { epochs: 0, lr: 1e-3 }, augment }),
      'tiny-facecls.yaml': stringify({
        epochs: 1,
        batchSize: 4,
        model: {
          imageSize: 16,
          patchSize: 8,
          hiddenSize: 16,
          numHiddenLayers: 1,
          numAttentionHeads: 2,
          intermediateSize: 16,
        },
      }),
      'tiny-mixer.yaml': stringify({
        epochs: 1,
        batchSize: 4,
        model: { imageSize: 16, patchSize: 8, hiddenSize: 16, numHiddenLayers: 1 },
      }),
      'mlp-mixer.ts': readFileSync(join(REPOSITORY, 'examples/mlp-mixer.ts')),
      'photo.jpg': await face(1),
      'street.jpg': await drawnImage(1),
      'album/one.jpg': await drawnImage(2),
    });
    await smallWeights(this.root, 'facebook/detr-resnet-50', cocoClasses);
    await smallFaceWeights(this.root);
    this.writeAll(underFolder('VOCdevkit/VOC2007', await vocFiles({ train: 2, val: 2, trainval: 4, test: 2 })));
    this.writeAll(underFolder('VOCdevkit/VOC2012', await vocFiles({ train: 2, val: 2, trainval: 4 })));
    this.writeAll(underFolder('celeba', await smallCelebA()));
  }
}

function underFolder(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Record<string, string | Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}

/** Twelve faces in the CelebA format. */
async function smallCelebA(): Promise<Record<string, string | Uint8Array>> {
  const numbers = Array.from({ length: 12 }, (_, i) => i);
  const name = (i: number): string => `${String(i + 1).padStart(6, '0')}.jpg`;
  const images = await Promise.all(numbers.map(async (i) => [`img_align_celeba/${name(i)}`, await face(i)] as const));
  return {
    'list_attr_celeba.txt': `12\n${attributes.join(' ')}\n${numbers.map((i) => `${name(i)} ${attributes.map((_, j) => ((i + j) % 2 ? 1 : -1)).join(' ')}\n`).join('')}`,
    'list_eval_partition.txt': numbers.map((i) => `${name(i)} ${i < 6 ? 0 : i < 9 ? 1 : 2}\n`).join(''),
    ...Object.fromEntries(images),
  };
}
