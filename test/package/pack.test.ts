import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import ts from 'typescript';
import { libtorchOf } from '../../scripts/release/addons';
import { platformPackage } from '../../ts/native/prebuilt';
import { attempt, isOffline, NPM_OPTIONS, packedPackages, REPOSITORY, skipSuite } from './packed';

/** Bytes of all files in a folder, as a disk has them: in blocks of 4 KB. */
function sizeOf(path: string): number {
  const info = lstatSync(path);
  if (!info.isDirectory()) return Math.ceil(info.size / 4096) * 4096;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 4096);
}

/** A program that uses what a user would; the same text serves CommonJS, ES modules and TypeScript. */
const PROGRAM = `
const layer = new nn.Linear(2, 3);
const optimizer = new optim.SGD(layer.parameters(), { lr: 0.1 });
const loss = layer.forward(torch.ones([4, 2])).sum();
loss.backward();
optimizer.step();
console.log(loss.shape.length, layer.weight.grad === null, typeof loss.item());
`;

describe('the packed package, installed in a folder outside the repository', () => {
  let app: string;
  let installed: string;
  let environment: NodeJS.ProcessEnv;
  /** Where the package of this platform is put while it counts as not installed. */
  let hidden: string;
  let bytes: number;

  before(function () {
    this.timeout(300_000);
    const { folder, main, platforms, commands } = packedPackages();
    const [facecls, vocdet] = commands;
    hidden = join(folder, 'hidden');
    app = join(folder, 'app');
    environment = {
      TORCHTS_ADDON: '',
      TORCHTS_LIBTORCH: libtorchOf(join(REPOSITORY, 'build')),
      XDG_CACHE_HOME: join(folder, 'cache'),
    };
    installed = join(app, 'node_modules', 'torchts');
    mkdirSync(app);
    // What npm makes of the package where nothing else is; only the packages that it depends on come with it.
    const files = (paths: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `file:${path}`]));
    const manifest = {
      private: true,
      dependencies: files({ torchts: main, facecls: facecls!, vocdet: vocdet! }),
      // Only here may there be one for another platform; npm takes that of this one.
      optionalDependencies: files(platforms),
    };
    writeFileSync(join(app, 'package.json'), JSON.stringify(manifest));
    // Scripts run: npm adds one of its own to a package with a binding.gyp. From a lock it does so whatever package.json says.
    for (const args of [
      ['install', ...NPM_OPTIONS],
      ['ci', ...NPM_OPTIONS],
    ]) {
      const { status, output } = attempt('npm', args, app);
      if (status !== 0 && isOffline(output)) skipSuite(this, 'the npm registry cannot be reached');
      assert.equal(status, 0, output);
    }
    assert.deepEqual(readdirSync(join(app, 'node_modules/@torchts')), [platformPackage.split('/')[1]]);
    bytes = sizeOf(join(app, 'node_modules'));
    renameSync(join(app, 'node_modules/@torchts'), hidden);
  });

  it('loads as far as it can without the package of its platform, and says how to get that', () => {
    const text = `try { require('torchts'); } catch (error) { console.log(error.code, error.message); }`;
    const { output } = attempt(process.execPath, ['-e', text], app, environment);
    assert.match(
      output,
      new RegExp(
        `^TTS_ADDON The native addon of torchts does not load on [^]*: it is not built\\n[^]*${platformPackage}: it is not installed\\n[^]* 1\\. The addon for this platform is in a package that is not installed[^\n]*\`npm install ${platformPackage}@[\\d.]+\`[^]* 2\\. Run \`npx torchts setup\`.*cmake-js@8\\S* and node-addon-api@8`,
      ),
    );
  });

  it('says what a build needs that is not installed with it, in one sentence each', () => {
    const { status, output } = attempt(join(app, 'node_modules/.bin/torchts'), ['setup'], app, environment);
    assert.equal(status, 1);
    assert.match(
      output,
      /^torchts: The addon for this platform is in a package that is not installed, .*\. Building the addon needs npm packages that are not installed with torchts: run `npm install cmake-js@8\S* node-addon-api@8\S*` where torchts is installed\.\n$/,
    );
  });

  it('says what the dashboard needs that is not installed with it', () => {
    assert.ok(!existsSync(join(app, 'node_modules/fastify')));
    const { status, output } = attempt(
      join(app, 'node_modules/.bin/torchts'),
      ['runs', 'serve', '.'],
      app,
      environment,
    );
    assert.equal(status, 1);
    assert.equal(
      output,
      'torchts: The dashboard needs an npm package that is not installed with torchts: run `npm install fastify@5` where torchts is installed.\n',
    );
  });

  it('takes less than 60 MB as du tells them, and brings no script that npm would run', () => {
    const lock = JSON.parse(readFileSync(join(app, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean; optional?: boolean }>;
    };
    assert.deepEqual(
      Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript),
      [],
    );
    for (const tool of ['cmake-js', 'node-addon-api'])
      assert.ok(!existsSync(join(app, 'node_modules', tool)), `${tool} is installed`);
    assert.ok(bytes < 60e6, `${bytes} bytes`);
  });

  it('tells what a command does, and with what configuration, before there is an addon', () => {
    for (const [command, ...args] of [
      ['facecls', '--help'],
      ['facecls', 'train', '--help'],
      ['facecls', 'train', '--print-config'],
      ['vocdet', '--help'],
      ['vocdet', 'train', '--print-config'],
    ] as const) {
      const { status, output } = attempt(join(app, 'node_modules/.bin', command), args, app, environment);
      assert.equal(status, 0, output);
      assert.match(output, /^(?:Usage: |seed: 0\n)/);
    }
  });

  describe('with the package of its platform and those of its commands', function () {
    this.timeout(120_000);
    before(() => renameSync(hidden, join(app, 'node_modules/@torchts')));

    const run = (file: string, text: string): string => {
      writeFileSync(join(app, file), text);
      return execFileSync(process.execPath, [file], {
        cwd: app,
        encoding: 'utf8',
        env: { ...process.env, ...environment },
      });
    };

    it('carries the compiled code, the C++ source, the icons of the drawn scenes and the licences', () => {
      for (const path of [
        'dist/index.js',
        'dist/index.d.ts',
        'native/addon.cc',
        'CMakeLists.txt',
        'data/vocdet/emoji/airplane.svg',
        'data/dashboard/index.html',
        'LICENSE',
        'THIRD-PARTY-LICENSES.md',
        'README.md',
      ]) {
        assert.ok(existsSync(join(installed, path)), path);
      }
      for (const name of [platformPackage, 'facecls', 'vocdet'])
        for (const path of ['LICENSE', 'THIRD-PARTY-LICENSES.md'])
          assert.ok(existsSync(join(app, 'node_modules', name, path)), `${name}/${path}`);
    });

    it('carries no maps of the compiler, which would be of no use without its sources, and names none', () => {
      const names = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' });
      assert.deepEqual(
        names.filter((name) => name.endsWith('.map')),
        [],
      );
      const text = names
        .filter((name) => /\.(js|d\.ts)$/.test(name))
        .map((name) => readFileSync(join(installed, 'dist', name), 'utf8'));
      assert.deepEqual(
        text.filter((one) => one.includes('sourceMappingURL')),
        [],
      );
    });

    it('carries no tests, no reference code, no datasets and no build state', () => {
      for (const path of [
        'test',
        'ts',
        'bench',
        'binding.gyp',
        'data/interim',
        'data/processed',
        'native/reference',
        'dist/.tsbuildinfo',
        'dist/.made',
        '.ci',
        '.mocharc.json',
      ]) {
        assert.ok(!existsSync(join(installed, path)), path);
      }
    });

    it("works with require('torchts')", () => {
      assert.equal(
        run('program.cjs', `const torch = require('torchts'); const { nn, optim } = torch;${PROGRAM}`),
        '0 false number\n',
      );
    });

    it("works with import { nn, optim } from 'torchts'", () => {
      assert.equal(
        run('program.mjs', `import * as torch from 'torchts'; import { nn, optim } from 'torchts';${PROGRAM}`),
        '0 false number\n',
      );
    });

    it('loads layers and models when they are asked for', () => {
      const text = `
        const { torch } = require('torchts');
        const loaded = (...folders) => folders.map((name) => Object.keys(require.cache).some((file) => file.includes('/dist/' + name + '/')));
        torch.ones([2]).sum();
        console.log(...loaded('tensor', 'nn', 'models', 'compile'));
        new torch.nn.Linear(1, 1);
        console.log(...loaded('nn', 'models', 'compile'));
        console.log(typeof torch.models.ViTConfig, typeof torch.compile, torch.nn === require('torchts').nn);
      `;
      assert.equal(run('late.cjs', text), 'true false false false\ntrue false false\nfunction function true\n');
    });

    describe('trains the models of examples/', () => {
      const trained = (name: string, ...args: string[]): string => {
        const source = readFileSync(join(REPOSITORY, 'examples', `${name}.ts`), 'utf8');
        const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
        writeFileSync(join(app, `${name}.mjs`), ts.transpileModule(source, { compilerOptions }).outputText);
        return execFileSync(process.execPath, [`${name}.mjs`, ...args], {
          cwd: app,
          encoding: 'utf8',
          env: { ...process.env, ...environment },
        });
      };

      it('a classifier of images in a folder for each class', async () => {
        for (const [colour, background] of Object.entries({ blue: '#0022dd', green: '#00cc11', red: '#ee1100' })) {
          mkdirSync(join(app, 'images', colour), { recursive: true });
          for (let i = 0; i < 8; i++)
            await sharp({ create: { width: 40 + i, height: 40, channels: 3, background } })
              .png()
              .toFile(join(app, 'images', colour, `${i}.png`));
        }
        const said = /^completed: 3 classes, best accuracy 1\.00\n$/;
        assert.match(trained('image-classifier', 'images', 'image-run'), said);
        // Again, it finds the run finished.
        assert.match(trained('image-classifier', 'images', 'image-run'), said);
      });

      it('a language model over characters', () => {
        writeFileSync(join(app, 'text.txt'), 'the cat sat on the mat. '.repeat(80));
        assert.match(
          trained('character-model', 'text.txt', 'text-run'),
          /^completed: the cat sat on the mat\. the cat sat on /,
        );
      });

      it('a U-Net for segmentation', () => {
        assert.equal(trained('unet', 'unet-run'), 'completed: overlap above 0.7\n');
      });
    });

    it('gives its package.json', () => {
      assert.equal(run('version.cjs', `console.log(require('torchts/package.json').name)`), 'torchts\n');
    });

    it('is one copy, whoever asks for it', () =>
      assert.deepEqual(
        ['facecls', 'vocdet', 'torchts'].flatMap((name) => {
          const nested = join(app, 'node_modules', name, 'node_modules');
          return existsSync(nested) ? readdirSync(nested) : [];
        }),
        [],
      ));

    for (const name of ['facecls', 'vocdet']) {
      it(`gives the program of the package ${name}`, () => {
        const program = join(app, 'node_modules', name, `${name}.js`);
        const help = execFileSync(process.execPath, [program, '--help'], { cwd: app, encoding: 'utf8' });
        assert.match(help, new RegExp(`^Usage: ${name} `));
      });
    }

    for (const command of ['torchts', 'facecls', 'vocdet']) {
      it(`installs the command ${command}`, () => {
        const help = execFileSync(join(app, 'node_modules/.bin', command), ['--help'], { cwd: app, encoding: 'utf8' });
        assert.match(help, new RegExp(`^Usage: ${command} `));
      });
    }

    it('needs no package that it does not name', () => {
      for (const dependency of ['mocha', 'tsx', 'typescript'])
        assert.ok(!existsSync(join(app, 'node_modules', dependency)), dependency);
      // Every module of the tasks, which the commands load only when they need them.
      const tasks = readdirSync(join(installed, 'dist/tasks'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.js'),
      );
      const required = tasks
        .map((name) => `require(${JSON.stringify(join(installed, 'dist/tasks', name))});`)
        .join('\n');
      assert.equal(run('tasks.cjs', `${required}\nconsole.log('all');`), 'all\n');
      for (const command of ['facecls', 'vocdet']) {
        const args = ['data', 'synth', '--out', command, '--train', '1', '--val', '1', '--test', '1'];
        assert.equal(
          execFileSync(join(app, 'node_modules/.bin', command), args, {
            cwd: app,
            encoding: 'utf8',
            env: { ...process.env, ...environment },
          }),
          `${command}: drawn\n`,
        );
      }
    });

    it('type-checks from CommonJS and from ES modules under node16', function () {
      this.timeout(300_000);
      const typed = `import * as torch from 'torchts';\nimport { nn, optim, type Tensor } from 'torchts';${PROGRAM}const shape: readonly number[] = (loss as Tensor).shape;\nvoid shape;\n`;
      const wrong = `import { nn } from 'torchts';\n// @ts-expect-error the size of a layer is a number\nnew nn.Linear('two', 3);\n`;
      writeFileSync(join(app, 'consumer.cts'), typed);
      writeFileSync(join(app, 'consumer.mts'), typed);
      writeFileSync(join(app, 'wrong.mts'), wrong);
      // Not a dependency: a user of TypeScript for Node.js has them.
      mkdirSync(join(app, 'node_modules/@types'), { recursive: true });
      symlinkSync(join(REPOSITORY, 'node_modules/@types/node'), join(app, 'node_modules/@types/node'));
      const compilerOptions = {
        module: 'node16',
        target: 'es2022',
        lib: ['ES2023', 'ESNext.Disposable'],
        strict: true,
        noEmit: true,
        types: ['node'],
      };
      writeFileSync(
        join(app, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, files: ['consumer.cts', 'consumer.mts', 'wrong.mts'] }),
      );
      const { status, stdout } = spawnSync(
        process.execPath,
        [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', app],
        { encoding: 'utf8' },
      );
      assert.equal(status, 0, stdout);
    });
  });
});
