import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../ts/errors';
import { loadPth, savePth, type PthValue } from '../../../ts/models/pth';
import { pickle } from '../../../ts/models/pth/pickle';
import * as torch from '../../../ts/tensor';
import { Tensor, type DType } from '../../../ts/tensor';
import { assertSame } from '../../nn/golden';

describe('savePth', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'save-pth-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const roundTrip = (value: PthValue): PthValue => {
    savePth(value, join(folder, 'value.pth'));
    return loadPth(join(folder, 'value.pth'));
  };

  it('writes what loadPth reads back', () => {
    const value = {
      model: { 'a.weight': 1, ü: -2.5, list: [true, false, null, 'text', [2 ** 40, -7]] },
      epoch: 3,
      big: [2n ** 70n, -(2n ** 63n), 2 ** 31, -(2 ** 31), -0],
      empty: {},
      none: [],
    };
    assert.deepEqual(roundTrip(value), value);
  });

  it('keeps tensors of every type, scalars, empty and turned ones', () => {
    const dtypes: DType[] = [
      'float32',
      'float64',
      'float16',
      'bfloat16',
      'int64',
      'int32',
      'int16',
      'int8',
      'uint8',
      'bool',
      'complex64',
      'complex128',
    ];
    const tensors = Object.fromEntries(
      dtypes.map((dtype) => [
        dtype,
        torch.tensor(
          [
            [1, 0],
            [3, 1],
          ],
          { dtype },
        ),
      ]),
    );
    const others = {
      scalar: torch.tensor(5),
      none: torch.zeros([0, 3]),
      turned: torch.tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]).T,
    };
    const found = roundTrip({ ...tensors, ...others }) as Record<string, Tensor>;
    for (const [name, tensor] of Object.entries({ ...tensors, ...others })) {
      if (name.startsWith('complex')) assert.deepEqual(found[name]!.toArray(), tensor.toArray(), name);
      else assertSame(found[name]!, tensor, name);
    }
  });

  it('writes the keys that Python looks for: numbers in maps and in the state of an optimizer', () => {
    const optimizer = { state: { 0: { step: 3 }, 1: { step: 4 } }, param_groups: [{ params: [0, 1] }] };
    for (const [value, keys] of [
      [
        new Map<unknown, unknown>([
          [7, 'a'],
          ['7', 'b'],
        ]),
        [7, '7'],
      ],
      [{ optimizer }, [0, 1]],
      [{ state: { 0: 1 } }, ['0']],
    ] as const) {
      const text = pickle(value).bytes.toString('latin1');
      for (const key of keys) {
        const written = typeof key === 'number' ? `J${String.fromCharCode(key)}\0\0\0` : `X\x01\0\0\0${key}`;
        assert.ok(text.includes(written), `${typeof key} ${key}`);
      }
    }
    assert.ok(!pickle({ optimizer }).bytes.toString('latin1').includes('X\x01\0\0\x000'));
    assert.deepEqual(roundTrip({ optimizer } as PthValue), { optimizer });
  });

  it('writes the bytes that Python was seen to read', () => {
    const model = { weight: torch.arange(6).view(2, 3).to('float32'), count: torch.tensor(7, { dtype: 'int64' }) };
    const state = { 0: { step: torch.tensor(3), exp_avg: torch.tensor([0.5, -1.5], { dtype: 'bfloat16' }) } };
    const optimizer = { state, param_groups: [{ lr: 0.001, amsgrad: false, fused: null, params: [0] }] };
    savePth({ model, optimizer, epoch: 3, name: 'ü' }, join(folder, 'value.pth'));
    // scripts/golden/check_files_roundtrip.py reads this file; write it anew only when that passes on it.
    assert.ok(
      readFileSync(join(folder, 'value.pth')).equals(readFileSync(join(__dirname, '../../golden/pth/written.pth'))),
    );
  });

  it('aligns storages to 64 bytes, as PyTorch does', () => {
    savePth([torch.zeros([3]), torch.ones([5])], join(folder, 'value.pth'));
    const bytes = readFileSync(join(folder, 'value.pth'));
    for (const key of ['0', '1']) {
      const header = bytes.indexOf(`archive/data/${key}`) - 30;
      assert.equal((header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28)) % 64, 0);
    }
  });

  it('leaves nothing behind when it cannot write', () => {
    class Odd {}
    const path = join(folder, 'value.pth');
    assert.throws(
      () => savePth([new Odd()] as unknown as PthValue, path),
      new InputError(
        'savePth: expected tensors, numbers, strings, booleans, null, bytes, arrays, sets, maps and plain objects, found a Odd.',
      ),
    );
    assert.throws(
      () => savePth({ a: undefined } as unknown as PthValue, path),
      new InputError(
        'savePth: expected tensors, numbers, strings, booleans, null, bytes, arrays, sets, maps and plain objects, found undefined.',
      ),
    );
    assert.throws(
      () => savePth(new Map([[[1], 2]]), path),
      new InputError('savePth: expected numbers, strings, booleans or null as the keys of a map, found a Array.'),
    );
    assert.throws(
      () => savePth((() => 1) as never, path),
      new InputError(
        'savePth: expected tensors, numbers, strings, booleans, null, bytes, arrays, sets, maps and plain objects, found function.',
      ),
    );
    assert.ok(!existsSync(path) && readdirSync(folder).length === 0);
    assert.throws(
      () => savePth([], join(folder, 'absent', 'value.pth')),
      new InputError(
        `${join(folder, 'absent', 'value.pth')}: cannot be written: the folder ${join(folder, 'absent')} does not exist (ENOENT).`,
      ),
    );
  });
});
