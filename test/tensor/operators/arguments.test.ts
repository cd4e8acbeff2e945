import assert from 'node:assert/strict';
import { DTypeError, InputError, ShapeError, type TorchError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';

const x = torch.keep(torch.ones([2, 3]));
type Kind = new (message: string) => TorchError;

/** What JavaScript may pass and TypeScript forbids, in functions that are written by hand. */
const REFUSED: readonly (readonly [() => unknown, Kind, string])[] = [
  [() => torch.scope(null as never), DTypeError, 'scope: expected a function to run, found null'],
  [() => torch.noGrad(x.mean() as never), DTypeError, 'noGrad: expected a function to run, found object'],
  [
    () => torch.inferenceMode(undefined as never),
    DTypeError,
    'inferenceMode: expected a function to run, found undefined',
  ],
  [() => torch.onOneThread(1 as never), DTypeError, 'onOneThread: expected a function to run, found number'],
  [() => torch.profile('x' as never), DTypeError, 'profile: expected a function to run, found string'],
  [
    () => torch.autocast(null as never, {}, () => 1),
    DTypeError,
    "autocast: expected a device such as 'cpu', found object; write autocast('cpu', { dtype: 'bfloat16' }, () => …)",
  ],
  [
    () => torch.autocast('cpu', { kind: 'bfloat16' } as never, () => 1),
    InputError,
    "autocast: the option 'kind' does not exist; it takes dtype, enabled",
  ],
  [() => torch.keep(3 as never), DTypeError, 'keep: expected a tensor, found number'],
  [
    () => torch.liveTensors({ most: 3 } as never),
    InputError,
    "liveTensors: the option 'most' does not exist; it takes limit",
  ],
  [
    () => torch.share(x, { count: 3 } as never),
    InputError,
    "share: the option 'count' does not exist; it takes receivers",
  ],
  [
    () => torch.getRngState(3 as never),
    DTypeError,
    "getRngState: expected a torch.Generator or a device such as 'cuda:0', found 3",
  ],
  [
    () => torch.fromTypedArray(new Float32Array(3), 3 as never),
    DTypeError,
    'fromTypedArray: expected the sizes as an array, found 3',
  ],
  [() => torch.tensor([1], { dtype: 3 as never }), DTypeError, "tensor: expected a dtype such as 'float32', found 3"],
  [
    () => x.indexPut_(0 as never, 1),
    DTypeError,
    'indexPut: expected the indices as an array, found 0; write x.indexPut_([0, mask], value)',
  ],
  [
    () => x.indexPut_([0], 1, { accumulated: true } as never),
    InputError,
    "Tensor.indexPut_: the option 'accumulated' does not exist. Did you mean accumulate?",
  ],
  [() => x.recordStream(null as never), DTypeError, 'Tensor.recordStream: expected a torch.Stream, found null'],
  [() => x.stride(2n as never), ShapeError, 'stride: expected a dimension of a 2-dimensional tensor, found 2'],
];

describe('arguments of functions that are written by hand', () => {
  after(() => x.dispose());

  for (const [call, kind, message] of REFUSED) {
    it(`refused: ${message}`, () => assert.throws(call, { name: kind.name, message }));
  }
});
