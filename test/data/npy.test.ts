import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as npy from '../../ts/data/npy';
import * as npz from '../../ts/data/npz';
import { ZipFile } from '../../ts/data/zip';
import { InputError, TorchError } from '../../ts/errors';
import * as torch from '../../ts/tensor';
import type { DType, Tensor } from '../../ts/tensor';
import { bytesOf } from '../../ts/tensor/io/bytes';
import { liveTensors } from '../live-tensors';
import { assertSame, goldenJson } from '../nn/golden';
import { writeZip } from './zip-writer';

interface Described {
  readonly dtype: DType;
  readonly shape: number[];
  /** The elements row after row, little-endian, as hexadecimal digits. */
  readonly bytes: string;
}

const golden = join(__dirname, '../golden/numpy');
const arrays = goldenJson<Record<string, Described>>('numpy');

const described = (tensor: Tensor): Described => ({
  dtype: tensor.dtype,
  shape: tensor.shape,
  bytes: Buffer.from(bytesOf(tensor)).toString('hex'),
});

/** A file of NumPy with this text as its header. */
function fileWith(header: string, elements = Buffer.alloc(8), version: readonly [number, number] = [1, 0]): Buffer {
  const length = Buffer.alloc(version[0] === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    Buffer.from(version),
    length,
    Buffer.from(header, 'latin1'),
    elements,
  ]);
}

describe('files of NumPy', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'torchts-npy-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function written(content: Uint8Array, name = 'x.npy'): string {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  }

  /** The file that NumPy wrote of one array. */
  function original(name: string, archive = 'arrays.npz'): Buffer {
    const zip = new ZipFile(join(golden, archive));
    try {
      return zip.readSync(`${name}.npy`);
    } finally {
      zip.close();
    }
  }

  describe('npy.load', () => {
    for (const [name, expected] of Object.entries(arrays)) {
      it(`reads what NumPy wrote: ${name}`, () =>
        assert.deepEqual(described(npy.load(written(original(name)))), expected));
    }

    for (const version of [2, 3]) {
      it(`reads headers of version ${version}.0`, () =>
        assert.deepEqual(described(npy.load(join(golden, `version-${version}.npy`))), arrays['vector']));
    }

    it('keeps the order of an array whose first dimension changes fastest', () => {
      assert.deepEqual(npy.load(written(original('fortran'))).strides, [1, 2, 6]);
    });

    it('reads elements that lie askew, and the long numbers of Python 2', () => {
      const path = written(
        fileWith("{'descr': '<i4', 'fortran_order': False, 'shape': (2L,)} ", Buffer.of(1, 0, 0, 0, 2, 0, 0, 0)),
      );
      assert.deepEqual(npy.load(path).toArray(), [1, 2]);
    });

    it('takes any byte but 0 for true', () => {
      const path = written(fileWith("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", Buffer.of(0, 1, 255)));
      assert.equal(npy.load(path).sum().item(), 2);
    });

    it('copies the file: what is written to a tensor never reaches it', () => {
      const path = written(original('float32'));
      npy.load(path).zero_();
      assert.deepEqual(readFileSync(path), original('float32'));
    });

    it('leaves nothing behind but the tensor', async () => {
      const path = written(original('complex128, big-endian'));
      const before = await liveTensors();
      const tensor = npy.load(path);
      assert.equal(torch.memory().tensors, before + 1);
      tensor.dispose();
    });
  });

  describe('npy.load refuses', () => {
    const unknown = (what: string) => new RegExp(`: expected an array of numbers or booleans, found ${what}`);
    const kinds: Readonly<Record<string, RegExp>> = {
      objects: unknown('Python objects, which only running code of the file could read \\(\\|O\\)'),
      records: unknown('records;'),
      text: unknown('text \\(<U2\\)'),
      'byte strings': unknown('byte strings \\(\\|S2\\)'),
      dates: unknown('dates'),
      'time spans': unknown('time spans'),
      long: unknown('floating point numbers that libtorch does not have'),
      void: unknown('raw bytes'),
    };
    for (const [name, message] of Object.entries(kinds)) {
      it(name, () =>
        assert.throws(
          () => npy.load(written(original(name, 'refused.npz'))),
          (error) => error instanceof InputError && message.test(error.message),
        ),
      );
    }

    const plain = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
    const headers: readonly [string, Buffer, RegExp][] = [
      ['an empty file', Buffer.alloc(0), /expected an array of NumPy, found something else/],
      [
        'a file of another kind',
        Buffer.from('PK\x03\x04 and so on'),
        /expected an array of NumPy, found something else/,
      ],
      ['a header that is cut short', fileWith(plain).subarray(0, 30), /ends before its array does/],
      ['a file without its elements', fileWith(plain).subarray(0, -1), /ends before its array does/],
      ['a version to come', fileWith(plain, undefined, [4, 0]), /of version 1\.0, 2\.0 or 3\.0, found version 4\.0/],
      [
        'a header without end',
        Buffer.concat([Buffer.from('\x93NUMPY\x02\x00', 'latin1'), Buffer.alloc(8, 0xff)]),
        /a header of at most 1048576 bytes, found one of 4294967295/,
      ],
      [
        'code for a header',
        fileWith("__import__('os').system('true')"),
        /expected a header with descr, fortran_order and shape, found "__import__/,
      ],
      ['a list for a header', fileWith("['descr', '<f8']"), /expected a header with descr/],
      [
        'a header without a shape',
        fileWith("{'descr': '<f8', 'fortran_order': False}"),
        /expected a header with descr/,
      ],
      ['a negative size', fileWith(plain.replace('(1,)', '(-1,)')), /expected a header with descr/],
      ['a size that is no number', fileWith(plain.replace('(1,)', "('1',)")), /expected a header with descr/],
      ['an order that is no boolean', fileWith(plain.replace('False', '0')), /expected a header with descr/],
      [
        'more dimensions than there are',
        fileWith(plain.replace('(1,)', `(${'1, '.repeat(65)})`)),
        /expected a header with descr/,
      ],
      [
        'more elements than memory has addresses',
        fileWith(plain.replace('(1,)', '(9007199254740991, 9007199254740991)')),
        /ends before its array does/,
      ],
      [
        'a type that nobody knows',
        fileWith(plain.replace('<f8', 'toString')),
        /found elements of an unknown type \(toString\)/,
      ],
    ];
    for (const [what, content, message] of headers) {
      it(what, () =>
        assert.throws(
          () => npy.load(written(content)),
          (error) => error instanceof InputError && message.test(error.message),
        ),
      );
    }

    it('what is absent, and a folder', () => {
      assert.throws(
        () => npy.load(join(folder, 'absent.npy')),
        /^InputError: .*absent\.npy: expected an array of NumPy, found none that can be opened: there is no such file or folder \(ENOENT\)\.$/,
      );
      mkdirSync(join(folder, 'folder.npy'));
      assert.throws(() => npy.load(join(folder, 'folder.npy')), /^InputError: .* found a folder\.$/);
    });

    it('any damage with an error of its own, or reads other numbers', () => {
      const whole = original('fortran');
      for (let at = 0; at < 128; at++) {
        for (const byte of [0, 0x28, 0x39, 0x7d, 0xff]) {
          const damaged = Buffer.from(whole);
          damaged[at] = byte;
          try {
            npy.load(written(damaged)).dispose();
          } catch (error) {
            assert.ok(error instanceof TorchError, `byte ${at} as ${byte}: ${String(error)}`);
          }
        }
      }
    });
  });

  describe('npy.save', () => {
    for (const name of Object.keys(arrays).filter((name) => !/fortran|big/.test(name))) {
      it(`writes the bytes that NumPy writes: ${name}`, () => {
        const tensor = npy.load(written(original(name)));
        npy.save(tensor, join(folder, 'copy.npy'));
        assert.deepEqual(readFileSync(join(folder, 'copy.npy')), original(name));
      });
    }

    it('writes views as what they show', () => {
      const tensor = torch.arange(6, { dtype: 'float32' }).view([2, 3]).T;
      npy.save(tensor, join(folder, 'x.npy'));
      assertSame(npy.load(join(folder, 'x.npy')), tensor.contiguous());
    });

    it('refuses a type that NumPy does not have, and leaves the file that was there', () => {
      const path = written(original('bool'));
      const save = () => npy.save(torch.zeros([1], { dtype: 'bfloat16' }), path);
      assert.throws(
        save,
        new InputError("npy.save: NumPy has no bfloat16; convert the tensor first, such as by tensor.to('float32')."),
      );
      assert.throws(
        () => npy.save([1] as unknown as Tensor, path),
        new InputError('npy.save: expected a tensor, found object.'),
      );
      assert.deepEqual(readFileSync(path), original('bool'));
      assert.deepEqual(readdirSync(folder), ['x.npy']);
    });
  });

  describe('npz', () => {
    for (const archive of ['arrays.npz', 'compressed.npz']) {
      it(`reads the archives that NumPy writes: ${archive}`, () => {
        const read = npz.load(join(golden, archive));
        assert.deepEqual(
          Object.fromEntries(Object.entries(read).map(([name, tensor]) => [name, described(tensor)])),
          arrays,
        );
      });
    }

    for (const compressed of [false, true]) {
      it(`writes archives whose members are NumPy's own bytes${compressed ? ', compressed' : ''}`, () => {
        const names = Object.keys(arrays).filter((name) => !/fortran|big/.test(name));
        const read = npz.load(join(golden, 'arrays.npz'));
        const path = join(folder, 'copy.npz');
        npz.save(Object.fromEntries(names.map((name) => [name, read[name]!])), path, { compressed });
        const zip = new ZipFile(path);
        assert.deepEqual(
          [...zip.members.keys()],
          names.map((name) => `${name}.npy`),
        );
        for (const name of names) assert.deepEqual(zip.readSync(`${name}.npy`), original(name), name);
        assert.ok([...zip.members.values()].every(({ method }) => method === (compressed ? 'deflated' : 'stored')));
        zip.close();
      });
    }

    it('keeps any name', () => {
      const path = join(folder, 'names.npz');
      const tensors = Object.fromEntries(
        ['', 'a.b/c', 'größe', '__proto__', 'toString'].map((name, i) => [name, torch.tensor(i)]),
      );
      npz.save(tensors, path);
      const read = npz.load(path);
      assert.deepEqual(
        Object.entries(read).map(([name, tensor]) => [name, tensor.item()]),
        Object.keys(tensors).map((name, i) => [name, i]),
      );
    });

    it('names the member that is no array, or is refused', () => {
      const load = (members: Record<string, Uint8Array | string>) => () =>
        npz.load(written(writeZip(members), 'x.npz'));
      assert.throws(
        load({ 'readme.txt': 'hello' }),
        /^InputError: .*x\.npz: expected an archive of NumPy arrays \(\.npy\), found readme\.txt in it\.$/,
      );
      assert.throws(
        load({ 'a.npy': 'hello' }),
        /^InputError: a\.npy in .*x\.npz: expected an array of NumPy, found something else\.$/,
      );
      assert.throws(
        () => npz.load(join(golden, 'refused.npz')),
        /^InputError: objects\.npy in .*: expected an array of numbers or booleans, found Python objects/,
      );
    });

    it('says that an archive is damaged', () => {
      const bytes = readFileSync(join(golden, 'arrays.npz'));
      bytes[150] = bytes[150]! ^ 1;
      assert.throws(
        () => npz.load(written(bytes, 'x.npz')),
        /^InputError: int8\.npy in .*x\.npz is damaged: its checksum is wrong/,
      );
      assert.throws(
        () => npz.load(written(bytes.subarray(0, 500), 'x.npz')),
        /^InputError: .*x\.npz cannot be read as a zip/,
      );
    });

    it('knows no other option than compressed', () => {
      const save = () => npz.save({}, join(folder, 'x.npz'), { compress: true } as object);
      assert.throws(save, /npz\.save: the option 'compress' does not exist\. Did you mean compressed\?/);
    });
  });
});
