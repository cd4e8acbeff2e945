import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import {
  DeviceError,
  DisposedTensorError,
  DTypeError,
  OutOfMemoryError,
  ShapeError,
  TorchError,
} from '../../ts/errors';
import { guarded, typedError } from '../../ts/native/typed-errors';
import * as torch from '../../ts/tensor';

const f = (...shape: number[]): torch.Tensor => torch.ones(shape);
const i = (...values: number[]): torch.Tensor => torch.tensor(values, { dtype: 'int64' });
const meta = torch.ones([2], { device: 'meta' });

type Mistake = readonly [kind: typeof TorchError, message: RegExp, mistake: () => unknown];

/** What users run into, each with the class it should have and a piece of libtorch's message. */
const mistakes: readonly Mistake[] = [
  [ShapeError, /mat1 and mat2 shapes cannot be multiplied \(2x3 and 2x3\)/, () => f(2, 3).mm(f(2, 3))],
  [ShapeError, /must match the size of tensor b \(4\) at non-singleton dimension 1/, () => f(2, 3).add(f(2, 4))],
  [ShapeError, /shape '\[5\]' is invalid for input of size 6/, () => f(2, 3).view(5)],
  [ShapeError, /view size is not compatible with input tensor's size and stride/, () => f(2, 3).T.view(6)],
  [ShapeError, /Sizes of tensors must match except in dimension 0/, () => torch.cat([f(2, 3), f(2, 4)])],
  [ShapeError, /stack expects each tensor to be equal size/, () => torch.stack([f(2), f(3)])],
  [ShapeError, /Dimension out of range \(expected to be in range of \[-2, 1\], but got 5\)/, () => f(2, 3).sum(5)],
  [ShapeError, /index 7 out of range for tensor of size \[2, 3\] at dimension 0/, () => f(2, 3).select(0, 7)],
  [ShapeError, /index 5 is out of bounds for dimension 0 with size 3/, () => f(3).index([5])],
  [ShapeError, /index out of range in self/, () => torch.embedding(f(3, 2), i(5))],
  [ShapeError, /start \(2\) \+ length \(5\) exceeds dimension size \(3\)/, () => f(3).narrow(0, 2, 5)],
  [
    ShapeError,
    /expected input\[1, 2, 5, 5\] to have 3 channels, but got 2 channels instead/,
    () => torch.conv2d(f(1, 2, 5, 5), f(4, 3, 3, 3)),
  ],
  [
    ShapeError,
    /Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d/,
    () => torch.conv2d(f(2, 2), f(4, 3, 3, 3)),
  ],
  [ShapeError, /Kernel size can't be greater than actual input size/, () => torch.conv2d(f(1, 3, 2, 2), f(4, 3, 3, 3))],
  [
    ShapeError,
    /Given normalized_shape=\[3\], expected input with shape \[\*, 3\]/,
    () => torch.layerNorm(f(2, 4), [3]),
  ],
  [
    ShapeError,
    /Expected input batch_size \(2\) to match target batch_size \(3\)/,
    () => torch.crossEntropyLoss(f(2, 4), i(0, 1, 2)),
  ],
  [ShapeError, /expected 'target' from 0 to 3, found 9/, () => torch.crossEntropyLoss(f(2, 4), i(0, 9))],
  [ShapeError, /The expanded size of the tensor \(3\) must match the existing size \(2\)/, () => f(2).expand(3)],
  [
    ShapeError,
    /number of sizes provided \(1\) must be greater or equal to the number of dimensions/,
    () => f(2, 2).expand([4]),
  ],
  [ShapeError, /batch1 must be a 3D tensor/, () => f(2, 2).bmm(f(2, 2))],
  [ShapeError, /inconsistent tensor size, expected tensor \[2\] and src \[3\]/, () => f(2).dot(f(3))],
  [ShapeError, /a Tensor with 6 elements cannot be converted to Scalar/, () => f(2, 3).item()],
  [ShapeError, /number of dimensions in the tensor input does not match/, () => f(2, 3).permute([0])],
  [ShapeError, /divisible/, () => torch.col2im(f(1, 5, 4), [4, 4], [2, 2], [1, 1], [0, 0], [2, 2])],
  [
    ShapeError,
    /must match the size of tensor b \(3\) at non-singleton dimension 0/,
    () => torch.binaryCrossEntropy(f(2), f(3)),
  ],
  [ShapeError, /einsum\(\): .*does not broadcast/, () => torch.einsum('ij,jk->ik', f(2, 3), f(4, 5))],
  [ShapeError, /split_with_sizes expects split_sizes to sum exactly to 3/, () => f(3).split([1, 1])],
  [ShapeError, /selected index k out of range/, () => f(3).topk(5)],
  [ShapeError, /A must be batches of square matrices/, () => torch.linalg.inv(f(2, 3))],
  [ShapeError, /max\(\): Expected reduction dim to be specified for input\.numel\(\) == 0/, () => f(0).max()],
  [
    ShapeError,
    /Index tensor must have the same number of dimensions as input tensor/,
    () => f(3, 3).gather(0, torch.zeros([4, 4, 1], { dtype: 'int64' })),
  ],
  [ShapeError, /Dimension size must be non-negative/, () => torch.zeros([-2])],

  [DTypeError, /scalar types: Long, Int/, () => torch.embedding(f(3, 2), f(1))],
  [DTypeError, /expected m1 and m2 to have the same dtype/, () => f(2, 2).mm(f(2, 2).double())],
  [DTypeError, /"bitwise_and_cpu" not implemented for 'Float'/, () => f(2).bitwiseAnd(f(2))],
  [DTypeError, /result type Float can't be cast to the desired output type Long/, () => i(1).add_(f(1))],
  [
    DTypeError,
    /could not infer output dtype\. Input dtype must be either a floating point or complex dtype/,
    () => i(1, 2).mean(),
  ],
  [
    DTypeError,
    /Subtraction, the `-` operator, with two bool tensors is not supported/,
    () => f(2).bool().sub(f(2).bool()),
  ],
  [DTypeError, /expected target dtype to be Long or Byte, but got Float/, () => torch.nllLoss(f(2, 3), f(2))],
  [DTypeError, /gather\(\): Expected dtype int32\/int64 for index/, () => f(3).gather(0, f(3))],
  [DTypeError, /Only Tensors of floating point and complex dtype can require gradients/, () => i(1).requiresGrad_()],
  [DTypeError, /not implemented for 'Long'/, () => i(1, 2).softmax(0)],
  [
    DTypeError,
    /value cannot be converted to type int8_t without overflow/,
    () => torch.zeros([2], { dtype: 'int8' }).fill_(1000),
  ],
  [DTypeError, /masked_fill_? only supports boolean masks/, () => f(2).maskedFill(f(2), 1)],
  [DTypeError, /where expected condition to be a boolean tensor/, () => torch.where(f(2), f(2), f(2))],
  [DTypeError, /expected scalar type/, () => torch.conv2d(f(1, 3, 4, 4), f(2, 3, 3, 3).double())],

  [DeviceError, /Expected all tensors to be on the same device/, () => f(2).add_(meta)],
  [DeviceError, /Cannot copy out of meta tensor; no data!/, () => meta.to('cpu')],
  [DeviceError, /attempted to run this operator with Meta tensors/, () => torch.ones([], { device: 'meta' }).item()],
  [
    DeviceError,
    /this libtorch has no aten::empty_strided for MPS tensors; `npx torchts doctor` says what it was built for$/,
    () => f(2).to('mps:0'),
  ],

  [
    OutOfMemoryError,
    /DefaultCPUAllocator: can't allocate memory: you tried to allocate 4503599627370496 bytes/,
    () => torch.empty([2 ** 50]),
  ],

  [TorchError, /grad can be implicitly created only for scalar outputs/, () => f(2).requiresGrad_().mul(1).backward()],
  [
    TorchError,
    /a leaf Variable that requires grad is being used in an in-place operation/,
    () => f(2).requiresGrad_().add_(1),
  ],
  [
    TorchError,
    /the inversion could not be completed because the input matrix is singular/,
    () => torch.linalg.inv(torch.zeros([2, 2])),
  ],
  [
    TorchError,
    /Trying to backward through the graph a second time/,
    () => {
      const y = f(1).requiresGrad_().exp();
      y.backward();
      y.backward();
    },
  ],
  [
    DisposedTensorError,
    /the tensor was disposed/,
    () => {
      const x = f(1);
      x.dispose();
      return x.add(1);
    },
  ],
];

describe('errors of libtorch', () => {
  for (const [kind, message, mistake] of mistakes) {
    it(`${kind.name}: ${message.source.replaceAll('\\', '')}`, () => {
      assert.throws(mistake, (error: unknown) => {
        assert.ok(error instanceof TorchError, String(error));
        assert.match(error.message, message);
        assert.equal(error.constructor, kind, `${error.name}: ${error.message}`);
        return true;
      });
    });
  }

  it('name the operator with the shapes and types of its arguments', () => {
    assert.throws(() => f(2, 3).mm(i(1, 2)), { message: /^aten::mm\(float32\[2, 3\], int64\[2\]\): / });
    assert.throws(() => torch.cat([f(2, 3), f(2, 4)]), {
      message: /^aten::cat\(\[float32\[2, 3\], float32\[2, 4\]\]\): /,
    });
    assert.throws(() => f(2).sum(5, { keepdim: true }), {
      message: /^aten::sum\.dim_IntList\(float32\[2\], 5, keepdim=true\): /,
    });
  });

  it('carry a stable code, and the C++ trace out of sight', () => {
    assert.throws(
      () => f(2, 3).view(5),
      (error: unknown) =>
        error instanceof ShapeError &&
        error.code === 'TTS_SHAPE' &&
        !/Exception raised from/.test(error.message) &&
        /Exception raised from/.test(error.nativeTrace!),
    );
  });

  it('keep the JavaScript stack of the mistake', () => {
    assert.throws(() => f(2, 3).view(5), { stack: /typed-errors\.test\.ts/ });
  });
});

describe('typedError', () => {
  const native = (kind: string, message = 'reason', trace?: () => string): Error =>
    Object.assign(new Error(message), { kind, trace });

  it('turns each kind of the addon into its class', () => {
    const classes = {
      disposed: DisposedTensorError,
      argument: DTypeError,
      memory: OutOfMemoryError,
      index: TorchError,
      type: TorchError,
      missing: TorchError,
      torch: TorchError,
    };
    for (const [kind, expected] of Object.entries(classes)) {
      const error = typedError(native(kind), 'where') as TorchError;
      assert.deepEqual([error.constructor, error.message], [expected, 'where: reason']);
    }
  });

  it('leaves every other error as it is', () => {
    const error = new RangeError('x');
    assert.equal(typedError(error, 'where'), error);
    assert.equal(typedError('text', 'where'), 'text');
  });

  it('keeps the trace, which costs nothing until it is asked for', () => {
    let asked = 0;
    const error = typedError(
      native('torch', 'm', () => `deep ${++asked}`),
      'w',
    ) as TorchError;
    assert.deepEqual([error.message, error.stack!.includes('deep'), asked], ['w: m', false, 0]);
    assert.equal(error.nativeTrace, 'm\ndeep 1');
  });
});

describe('guarded', () => {
  it('gives what its function gives, and names the place of what it throws', () => {
    assert.equal(
      guarded('here', () => 5),
      5,
    );
    assert.throws(
      () =>
        guarded('here', () => {
          throw Object.assign(new Error('reason'), { kind: 'argument' });
        }),
      { name: 'DTypeError', message: 'here: reason' },
    );
  });
});

describe('errors and collections', () => {
  it('an error of the addon may be on its way while finalizers run', () => {
    // A crash of the process is a failing test here. Young objects get little room, so that collections are many.
    const program = path.join(__dirname, 'errors-program.ts');
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      ['--max-semi-space-size=1', '--import', 'tsx', program],
      { encoding: 'utf8' },
    );
    assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr);
  });
});
