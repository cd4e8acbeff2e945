import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadPth, savePth, type PthValue } from '../../../ts/models/pth';
import * as torch from '../../../ts/tensor';
import { Tensor } from '../../../ts/tensor';
import { liveTensors } from '../../live-tensors';

const golden = (name: string): string => join(__dirname, '../../golden/pth', name);
const dense = [
  [0, 1, 0, 2],
  [0, 0, 0, 0],
  [3, 0, 0, 4],
  [0, 5, 6, 0],
];
const aten = (name: string, tensor: Tensor): Tensor => torch.ops['aten']![name]!['default']!(tensor) as Tensor;

type Kinds = Record<string, Tensor> & {
  set: unknown;
  bytes: unknown;
  bytearray: unknown;
  number: unknown;
  counter: unknown;
  device: unknown;
  layout: unknown;
};

/** What kinds() of scripts/golden/pth.py holds. */
function check(kinds: Kinds): void {
  for (const name of ['coo', 'csr', 'csc', 'bsr', 'bsc']) {
    assert.equal(kinds[name]!.layout, `sparse_${name}`);
    assert.deepEqual(kinds[name]!.toDense().toArray(), dense, name);
  }
  assert.deepEqual([kinds.coo!.isCoalesced(), kinds.uncoalesced!.isCoalesced()], [true, false]);
  assert.deepEqual(kinds.uncoalesced!.toDense().toArray(), [
    [0, 3],
    [0, 0],
  ]);
  const numbers = (name: string): unknown => kinds[name]!.dequantize().toArray();
  assert.deepEqual([kinds.qint8!.dtype, numbers('qint8')], ['qint8', [-1, 0.5, 2]]);
  assert.deepEqual(
    [kinds.quint8!.dtype, numbers('quint8')],
    [
      'quint8',
      [
        [0, 2],
        [1, 3],
      ],
    ],
  );
  assert.deepEqual([kinds.qint32!.dtype, numbers('qint32')], ['qint32', [100, -7]]);
  assert.deepEqual(
    [kinds.channels!.dtype, numbers('channels')],
    [
      'qint8',
      [
        [1, 2],
        [30, 40],
      ],
    ],
  );
  assert.deepEqual(aten('values', kinds.nested!).toArray(), [1, 2, 3, 4, 5]);
  assert.deepEqual(
    aten('_nested_tensor_size', kinds.nested!).toArray(),
    [[2n], [3n]].map(([n]) => [Number(n)]),
  );
  for (const [name, dtype] of [
    ['float8', 'float8_e4m3fn'],
    ['fnuz', 'float8_e5m2fnuz'],
  ] as const) {
    assert.deepEqual([kinds[name]!.dtype, kinds[name]!.to('float32').toArray()], [dtype, [1.5, -2]]);
  }
  assert.deepEqual([kinds.uint16!.dtype, kinds.uint16!.toArray()], ['uint16', [1, 65535]]);
  assert.equal(kinds.uint64!.dtype, 'uint64');
  const parts = (name: string): unknown => torch.viewAsReal(kinds[name]!.resolveConj()).toArray();
  assert.deepEqual(
    [parts('complex'), parts('conjugate')],
    [
      [
        [1, 2],
        [3, -4],
      ],
      [
        [1, -2],
        [3, 4],
      ],
    ],
  );
  assert.equal(kinds.half_complex!.dtype, 'complex32');
  assert.deepEqual([kinds.meta!.device, kinds.meta!.shape], ['meta', [2, 3]]);
  assert.deepEqual(
    [kinds.head!.toArray(), kinds.tail!.toArray(), kinds.expanded!.toArray()],
    [
      [0, 1, 2, 3],
      [
        [4, 5, 6, 7],
        [8, 9, 10, 11],
      ],
      [2, 2, 2],
    ],
  );
  kinds.head!.narrow(0, 2, 1).fill_(-1);
  assert.deepEqual(kinds.expanded!.toArray(), [-1, -1, -1]);
  assert.deepEqual(kinds.set, new Set([1, 2]));
  assert.deepEqual([kinds.bytes, kinds.bytearray], [Uint8Array.of(0, 255), Uint8Array.of(1, 2)]);
}

describe('tensors of every kind', () => {
  for (const name of ['kinds.pth', 'kinds-legacy.pth']) {
    it(`are read as Python wrote them: ${name}`, () => {
      const kinds = loadPth(golden(name)) as unknown as Kinds;
      check(kinds);
      assert.deepEqual(
        [kinds.number, kinds.counter, kinds.device, kinds.layout],
        [{ re: 1, im: 2 }, { a: 2, b: 1 }, 'cuda:1', 'sparse_coo'],
      );
    });
  }

  it('survive being written and read here', () =>
    check(loadPth(savePth(loadPth(golden('kinds.pth')))) as unknown as Kinds));

  it('leave nothing behind but themselves', async () => {
    const value = { a: torch.ones([3]), b: torch.eye(2).toSparse() };
    const before = await liveTensors();
    const file = savePth(value);
    assert.equal(torch.memory().tensors, before);
    loadPth(file);
    assert.equal(torch.memory().tensors, before + 2);
  });
});

describe('shared memory', () => {
  const read = (value: object): Record<string, Tensor> => loadPth(savePth(value)) as Record<string, Tensor>;

  it('is written once and shared again: tied weights and views', () => {
    const base = torch.arange(1000, { dtype: 'float32' });
    const file = savePth({ base, tied: base, view: base.view([10, 100]).t(), row: base.narrow(0, 100, 100) });
    assert.ok(file.length < 2 * base.nbytes, `${file.length} bytes`);
    const { base: found, tied, view, row } = loadPth(file) as Record<string, Tensor>;
    found!.fill_(7);
    assert.deepEqual(
      [tied, view, row].map((tensor) => tensor!.sum().item()),
      [7000, 7000, 700],
    );
    assert.deepEqual(view!.strides, [1, 100]);
  });

  it('does not tie tensors that only look alike', () => {
    const { a, b } = read({ a: torch.ones([2]), b: torch.ones([2]) });
    a!.zero_();
    assert.deepEqual(b!.toArray(), [1, 1]);
  });

  it('of two types is written for each, and a conjugate as it shows', () => {
    const z = torch.viewAsComplex(
      torch
        .tensor([
          [1, 2],
          [3, 4],
        ])
        .to('float32'),
    );
    const { real, conjugate } = read({ z, real: torch.viewAsReal(z), conjugate: z.conj() });
    assert.deepEqual(real!.toArray(), [
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual(torch.viewAsReal(conjugate!).toArray(), [
      [1, -2],
      [3, -4],
    ]);
  });

  it('counts a change in place for the tensor itself, not for its neighbours', () => {
    const base = torch.ones([4]);
    const { a, b } = read({ a: base.narrow(0, 0, 2), b: base.narrow(0, 2, 2) });
    const weight = a!.requiresGrad_(true);
    const loss = weight.square().sum();
    b!.add_(1);
    loss.backward();
    assert.deepEqual(weight.grad!.toArray(), [2, 2]);
  });
});

describe('values beside tensors', () => {
  it('are written: bytes, sets, maps', () => {
    const value = {
      bytes: Buffer.from([0, 200, 255]),
      set: new Set([1, 'a']),
      map: new Map<PthValue, PthValue>([[null, 1]]),
    };
    const found = loadPth(savePth(value)) as unknown as typeof value;
    assert.deepEqual([...found.bytes], [0, 200, 255]);
    assert.deepEqual([found.set, found.map], [value.set, value.map]);
  });

  it('that hold themselves, or are nested without end, are refused', () => {
    const list: unknown[] = [];
    list.push(list);
    assert.throws(() => savePth(list), /savePth: expected containers that do not hold themselves/);
    let deep: unknown[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    assert.throws(() => savePth(deep), /savePth: expected at most 500 containers inside one another/);
    const twice = [1];
    assert.deepEqual(loadPth(savePth([twice, twice])), [[1], [1]]);
  });
});
