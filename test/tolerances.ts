/**
 * How far a number may be from the one that Python computed on another machine: one place for all tests.
 *
 * libtorch, oneDNN and MKL choose their kernels by the instructions that a processor has, and these differ in the order of
 * sums and in the polynomials of exp, erf and their like. So bits are compared only between two runs of one machine.
 */
import * as torch from '../ts/tensor';
import type { DType, Tensor } from '../ts/tensor';

export interface Tolerance {
  /** Share of the expected number. */
  readonly rtol: number;
  /** What is allowed beside it. */
  readonly atol: number;
}

const EXACT: Tolerance = { rtol: 0, atol: 0 };
const SINGLE: Tolerance = { rtol: 1.3e-6, atol: 1e-5 };
const DOUBLE: Tolerance = { rtol: 1e-7, atol: 1e-7 };

/** Those of `torch.testing.assert_close`; types that are not here are compared exactly. */
const DTYPES: Readonly<Partial<Record<DType, Tolerance>>> = {
  float64: DOUBLE,
  complex128: DOUBLE,
  float32: SINGLE,
  complex64: SINGLE,
  float16: { rtol: 1e-3, atol: 1e-5 },
  bfloat16: { rtol: 1.6e-2, atol: 1e-5 },
};

/** oneDNN sums in float32, the other kernels after each product in bfloat16; a sum that cancels keeps the rounding of its terms. */
const CONVOLUTION = { bfloat16: { rtol: 1.6e-2, atol: 1e-1 } };
const CONVOLUTIONS = /(?:^|\.)conv(?:_transpose)?[123]d$/;
const LOW_RANK = { float32: { rtol: 1e-3, atol: 1e-3 }, complex64: { rtol: 1e-2, atol: 1e-2 } };
/** A gradient divides by the differences of eigenvalues. */
const EIGENVECTORS = { float32: { rtol: 1e-4, atol: 1e-4 }, complex64: { rtol: 1e-4, atol: 1e-4 } };
const PSEUDOINVERSE = { float32: { rtol: 1e-4, atol: 1e-3 }, complex64: { rtol: 1e-4, atol: 1e-3 } };
const SOLVER = { float32: { rtol: 6e-4, atol: 1.3e-5 } };

/**
 * By the names of PyTorch's operator database: what its own tests allow beyond that. These are the `toleranceOverride` of
 * torch.testing._internal (common_methods_invocations and opinfo.definitions) and of test/functorch/test_ops.py, and for
 * convolutions in bfloat16 what test/test_mkldnn.py has.
 */
const OPERATORS: Readonly<Record<string, Readonly<Partial<Record<DType, Tolerance>>>>> = {
  addbmm: { float32: { rtol: 1.3e-5, atol: 1.3e-5 }, complex64: { rtol: 1.2e-3, atol: 1e-5 } },
  baddbmm: { complex64: { rtol: 1.2e-3, atol: 1e-5 } },
  bmm: { float32: { rtol: 1e-5, atol: 1e-5 } },
  matmul: { float32: { rtol: 1e-5, atol: 1e-5 } },
  __rmatmul__: { float32: { rtol: 1.2e-3, atol: 1e-5 } },
  cholesky_inverse: { float32: { rtol: 1e-4, atol: 5e-3 } },
  ldexp: { complex64: { rtol: 1e-5, atol: 1e-5 } },
  'linalg.cond': { float32: { rtol: 1e-4, atol: 1e-4 } },
  'linalg.eig': EIGENVECTORS,
  'linalg.eigh': EIGENVECTORS,
  'linalg.householder_product': { float32: { rtol: 1e-4, atol: 1e-4 }, complex64: { rtol: 1e-3, atol: 1e-3 } },
  'linalg.pinv.hermitian': PSEUDOINVERSE,
  'linalg.solve': SOLVER,
  'linalg.solve_ex': SOLVER,
  'linalg.tensorsolve': { float32: { rtol: 7e-6, atol: 8e-4 } },
  'nn.functional.scaled_dot_product_attention': { float32: { rtol: 5e-6, atol: 5e-5 } },
  'special.i1': { float32: { rtol: 0, atol: 1e-4 } },
  matrix_exp: { float32: { rtol: 5e-4, atol: 1e-3 } },
  pca_lowrank: LOW_RANK,
  random: { float32: { rtol: 1.3e-6, atol: 3e-6 } },
  svd_lowrank: LOW_RANK,
};

/** Stands for the operators that fill a tensor with random numbers. */
export const DRAWN = 'random';

/**
 * Of a whole network: the share of the largest number of a tensor by which rounding may move any of them, through all layers.
 * transformers' own tests of ViT and DETR allow 1e-4.
 */
export const NETWORK = {
  forward: 1e-5,
  gradient: 2e-4,
  /** Computed in float64, of pixels drawn in float32, which already differ in the last digit. */
  float64: 1e-5,
  bfloat16: 0.1,
} as const;

/** What is allowed for numbers of a type, from one operator if it is named. */
export function toleranceOf(dtype: DType, operator = ''): Tolerance {
  const ofOperator: Readonly<Partial<Record<DType, Tolerance>>> = CONVOLUTIONS.test(operator)
    ? CONVOLUTION
    : (OPERATORS[operator] ?? {});
  return ofOperator[dtype] ?? DTYPES[dtype] ?? EXACT;
}

/** Whether every number is as near as the tolerance allows; NaN and infinities stand in the same places. Both of one type and shape. */
export function isClose(actual: Tensor, expected: Tensor, { rtol, atol } = toleranceOf(expected.dtype)): boolean {
  return torch.noGrad(() => torch.scoped(() => torch.allclose(actual, expected, { rtol, atol, equalNan: true })));
}
