import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { runInNewContext } from 'node:vm';
import { InputError } from '../../ts/errors';
import { openBytes, type FileInput, type StreamInput } from '../../ts/native/byte-source';
import * as torch from '../../ts/torch';
import { Tensor } from '../../ts/tensor';

type Input = FileInput | StreamInput;
type Target = string | URL | Writable | null | undefined;

interface Format {
  /** The sum of the elements that were read. */
  load(input: Input, options?: { mmap?: boolean }): number | Promise<number>;
  read(path: string, options?: { mmap?: boolean }): Tensor;
  save(target?: Target): Buffer | Promise<void> | void;
}

const values = torch.keep(
  torch.tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: 'float32' },
  ),
);
const sum = (tensor: Tensor): number => tensor.sum().item() as number;
/** `then` where it is a promise. */
const after = <T, R>(value: T | Promise<T>, then: (value: T) => R): R | Promise<R> =>
  types.isPromise(value) ? (value as Promise<T>).then(then) : then(value as T);
const any = <T>(value: unknown): T => value as T;

const formats: Readonly<Record<string, Format>> = {
  safetensors: {
    load: (input, options) => after(torch.safetensors.load(any<string>(input), options), ({ x }) => sum(x!)),
    read: (path, options) => torch.safetensors.load(path, options).x!,
    save: (target) => torch.safetensors.save({ x: values }, any<string>(target)),
  },
  pth: {
    load: (input, options) =>
      after(torch.loadPth(any<string>(input), options), (value) => sum((value as { x: Tensor }).x)),
    read: (path, options) => (torch.loadPth(path, options) as { x: Tensor }).x,
    save: (target) => torch.savePth({ x: values }, any<string>(target)),
  },
  npy: {
    load: (input, options) => after(torch.npy.load(any<string>(input), options), sum),
    read: (path, options) => torch.npy.load(path, options),
    save: (target) => torch.npy.save(values, any<string>(target)),
  },
  npz: {
    load: (input) => after(torch.npz.load(any<string>(input)), ({ x }) => sum(x!)),
    read: (path) => torch.npz.load(path).x!,
    save: (target) => torch.npz.save({ x: values }, any<string>(target)),
  },
  TorchScript: {
    load: (input) => after(torch.jit.load(any<string>(input)), (script) => sum(script.forward(values))),
    read: (path) => torch.jit.load(path).stateDict()['weight']!,
    save: (target) => {
      const layer = new torch.nn.Linear(2, 2, { bias: false });
      layer.loadStateDict({ weight: torch.eye(2) });
      return torch.jit.trace(layer, [values]).save(any<string>(target));
    },
  },
};

for (const [name, format] of Object.entries(formats)) {
  describe(`files of tensors: ${name}`, () => {
    let folder: string;
    let path: string;
    const bytes = format.save() as Buffer;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'file-inputs-'));
      path = join(folder, 'x.bin');
      writeFileSync(path, bytes);
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('are read from paths, URLs, bytes of every kind', () => {
      const arrayBuffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
      const foreign = runInNewContext('Uint8Array.from(bytes)', { bytes }) as Uint8Array;
      for (const input of [path, pathToFileURL(path), bytes, Uint8Array.from(bytes), arrayBuffer, foreign])
        assert.equal(format.load(input as Input), 10);
    });

    it('are read from streams, by promise', async () => {
      const pieces = async function* () {
        yield bytes.subarray(0, 5);
        yield bytes.subarray(5);
      };
      for (const input of [
        createReadStream(path),
        Readable.from([bytes]),
        pieces(),
        new Blob([new Uint8Array(bytes)]).stream(),
      ])
        assert.equal(await format.load(input as Input), 10);
      await assert.rejects(
        async () => format.load(Readable.from(['text'])),
        /expected a stream of bytes, found one of string/,
      );
      await assert.rejects(
        async () => format.load(createReadStream(join(folder, 'absent'))),
        /^InputError: The stream cannot be read: there is no such file or folder \(ENOENT\)\.$/,
      );
    });

    it('are written to paths, URLs, streams and memory', async () => {
      for (const target of [join(folder, 'a'), pathToFileURL(join(folder, 'a'))]) {
        assert.equal(format.save(target), undefined);
        assert.equal(format.load(target as Input), 10);
      }
      const stream = new PassThrough();
      const written = format.save(stream);
      const [content] = await Promise.all([buffer(stream), any<Promise<void>>(written).then(() => stream.end())]);
      assert.equal(format.load(content), 10);
      assert.equal(format.load(format.save(null) as Buffer), 10);
    });

    it('are refused by the URL of no file on this machine', () => {
      const refusal = { code: 'TTS_INPUT', message: /expected the address of a file on this machine, found file:/ };
      for (const url of ['file://elsewhere/x', 'file:///a%2fx', 'file:///100%'].map((address) => new URL(address))) {
        assert.throws(() => format.load(url), refusal);
        assert.throws(() => format.save(url), refusal);
      }
    });

    it('say why a stream takes nothing', async () => {
      const closed = new Writable({
        write: (_chunk, _encoding, done) =>
          done(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC', syscall: 'write' })),
      });
      await assert.rejects(
        async () => format.save(closed),
        /^InputError: The stream cannot be written: the disk is full \(ENOSPC\)\.$/,
      );
      await assert.rejects(
        async () => format.save(createWriteStream(join(folder, 'absent', 'x'))),
        /The stream cannot be written: there is no such file or folder/,
      );
    });

    it('live on when the file is written anew in place, cut or removed', () => {
      const tensor = format.read(path);
      const expected = tensor.toArray();
      writeFileSync(path, Buffer.alloc(bytes.length, 0x4e));
      assert.deepEqual(tensor.toArray(), expected);
      truncateSync(path, 0);
      assert.deepEqual(tensor.toArray(), expected);
      rmSync(path);
      assert.deepEqual(tensor.toArray(), expected);
    });

    it('are refused when cut anywhere, from files and memory alike', () => {
      const refused = (body: () => unknown): void => assert.throws(body, (error) => error instanceof torch.TorchError);
      for (const length of [0, 1, 7, 40, bytes.length >> 1, bytes.length - 1]) {
        truncateSync(path, length);
        refused(() => format.load(path));
        refused(() => format.load(bytes.subarray(0, length)));
        writeFileSync(path, bytes);
      }
    });

    it('never show bytes in a message, and name what was given', () => {
      const secret = Buffer.from('secret'.repeat(10));
      for (const input of [secret, Uint8Array.from(secret)]) {
        assert.throws(
          () => format.load(input),
          (error) => error instanceof torch.TorchError && !/secret|115,\s*101|73 65 63/.test(error.message),
        );
      }
      for (const input of [null, undefined, 7, {}, [], '', new URL('https://example.com/x')]) {
        assert.throws(
          () => format.load(any<Input>(input)),
          (error) =>
            error instanceof InputError && /to read: its path, or its bytes as a Buffer, found/.test(error.message),
        );
      }
      for (const target of [7, {}, [], ''])
        assert.throws(
          () => format.save(any<Target>(target)),
          /^InputError: expected the path of a file to write, found/,
        );
    });

    it('name path and cause where they cannot be read', () => {
      mkdirSync(join(folder, 'folder'));
      symlinkSync('loop', join(folder, 'loop'));
      const causes: Readonly<Record<string, RegExp>> = {
        absent: /absent: expected .*found none that can be opened: there is no such file or folder \(ENOENT\)\.$/,
        folder: /found a folder\.$/,
        'x.bin/x': /a part of its path is a file where a folder should be \(ENOTDIR\)\.$/,
        [`${'n'.repeat(300)}`]: /its name is too long \(ENAMETOOLONG\)\.$/,
        loop: /its links go in a circle \(ELOOP\)\.$/,
      };
      for (const [file, message] of Object.entries(causes))
        assert.throws(
          () => format.load(join(folder, file)),
          (error) => error instanceof InputError && message.test(error.message),
        );
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      assert.throws(() => format.load(join(folder, 'pipe')), /found something that is no plain file\.$/);
    });

    it('name path and cause where they cannot be written, and leave nothing', () => {
      mkdirSync(join(folder, 'folder'));
      const causes: Readonly<Record<string, RegExp>> = {
        'absent/x': /absent\/x: cannot be written: the folder .*absent does not exist \(ENOENT\)\.$/,
        folder: /cannot be written: it is a folder \(EISDIR\)\.$/,
        'x.bin/x': /a part of its path is a file where a folder should be \(ENOTDIR\)\.$/,
        [`${'n'.repeat(300)}`]: /its name is too long \(ENAMETOOLONG\)\.$/,
      };
      for (const [file, message] of Object.entries(causes))
        assert.throws(
          () => format.save(join(folder, file)),
          (error) => error instanceof InputError && message.test(error.message),
        );
      assert.deepEqual(readdirSync(folder).sort(), ['folder', 'x.bin']);
      assert.ok(readFileSync(path).equals(bytes));
      void format.save(join(folder, 'n'.repeat(250)));
      assert.equal(format.load(join(folder, 'n'.repeat(250))), 10);
    });

    it('say that the disk is full, and leave the device what it is', function () {
      if (!existsSync('/dev/full')) this.skip();
      assert.throws(
        () => format.save('/dev/full'),
        new InputError('/dev/full: cannot be written: the disk is full (ENOSPC).'),
      );
      assert.ok(!openIsPlain('/dev/full'));
    });

    it('are written through a link, which stays', () => {
      symlinkSync(path, join(folder, 'link'));
      writeFileSync(path, '');
      void format.save(join(folder, 'link'));
      assert.equal(format.load(path), 10);
    });
  });
}

function openIsPlain(path: string): boolean {
  try {
    openBytes(path, 'a file').close();
    return true;
  } catch {
    return false;
  }
}

describe('mapped files', () => {
  const mappable = Object.entries(formats).filter(([name]) => ['safetensors', 'pth', 'npy'].includes(name));
  for (const [name, format] of mappable) {
    it(`are asked for by { mmap: true }: ${name}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'mapped-'));
      const path = join(folder, 'x');
      void format.save(path);
      const before = readFileSync(path);
      const tensor = format.read(path, { mmap: true });
      assert.equal(sum(tensor), 10);
      tensor.zero_();
      assert.ok(readFileSync(path).equals(before));
      assert.equal(format.load(before, { mmap: true }), 10); // memory has no file to map
      rmSync(folder, { recursive: true });
    });
  }

  it('know no other option', () =>
    assert.throws(() => torch.loadPth('x', any<object>({ map: true })), /loadPth: the option 'map' does not exist/));
});

describe('a file that changes while it is read', () => {
  it('is refused', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'changing-')), 'x');
    writeFileSync(path, 'content');
    for (const change of [
      () => appendFileSync(path, 'more'),
      () => truncateSync(path, 2),
      () => utimesSync(path, 1, 1),
    ]) {
      writeFileSync(path, 'content');
      const source = openBytes(path, 'a file');
      source.requireUnchanged();
      change();
      assert.throws(() => source.requireUnchanged(), /x was changed while it was read; read it again/);
      source.close();
      assert.throws(() => source.read(0, 1), /x is closed|ends before/);
    }
  });

  it('ends a read in an error where it was truncated, not the process', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'changing-')), 'x');
    writeFileSync(path, Buffer.alloc(100_000));
    const source = openBytes(path, 'a file');
    truncateSync(path, 10);
    assert.throws(() => source.read(0, 100_000), /x ends before its content does/);
    source.close();
  });
});
