// DO NOT EDIT. Written by scripts/generate-surface.ts from the schemas of libtorch.

import type { Device } from '../types/device';
import type { Complex, DType, Scalar } from '../types/dtype';
import type { Generator } from '../random/generator';
import { installSurface } from '../operators/surface';
import { OVERLOADS } from './overloads';
import type { Tensor } from '../core/tensor';

type Numeric = Scalar | Complex;
type Layout = 'strided' | 'sparse_coo' | 'sparse_csr' | 'sparse_csc' | 'sparse_bsr' | 'sparse_bsc' | 'mkldnn';
type MemoryFormat = 'contiguous' | 'preserve' | 'channels_last' | 'channels_last_3d';

/** The operators as functions. */
export interface TensorFunctions {
  abs: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  abs_: {
    (self: Tensor): Tensor;
  };
  absolute: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  absolute_: {
    (self: Tensor): Tensor;
  };
  acos: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  acos_: {
    (self: Tensor): Tensor;
  };
  acosh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  acosh_: {
    (self: Tensor): Tensor;
  };
  adaptiveAvgPool1d: {
    (self: Tensor, outputSize: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  adaptiveAvgPool2d: {
    (self: Tensor, outputSize: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  adaptiveAvgPool3d: {
    (self: Tensor, outputSize: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  adaptiveMaxPool1d: {
    (self: Tensor, outputSize: number | readonly number[]): [Tensor, Tensor];
  };
  adaptiveMaxPool2d: {
    (self: Tensor, outputSize: number | readonly number[], options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  adaptiveMaxPool3d: {
    (self: Tensor, outputSize: number | readonly number[], options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  add: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, alpha?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  add_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { alpha?: Numeric }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { alpha?: Numeric }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, alpha?: Numeric): Tensor;
  };
  addbmm: {
    (self: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Numeric; alpha?: Numeric; out?: Tensor }): Tensor;
  };
  addbmm_: {
    (self: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Numeric; alpha?: Numeric }): Tensor;
  };
  addcdiv: {
    (self: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Numeric; out?: Tensor }): Tensor;
  };
  addcdiv_: {
    (self: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Numeric }): Tensor;
  };
  addcmul: {
    (self: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Numeric; out?: Tensor }): Tensor;
  };
  addcmul_: {
    (self: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Numeric }): Tensor;
  };
  addmm: {
    (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Numeric; alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, mat1: Tensor, mat2: Tensor, outDtype: DType, options?: { beta?: Numeric; alpha?: Numeric; out?: Tensor }): Tensor;
  };
  addmm_: {
    (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Numeric; alpha?: Numeric }): Tensor;
  };
  addmv: {
    (self: Tensor, mat: Tensor, vec: Tensor, options?: { beta?: Numeric; alpha?: Numeric; out?: Tensor }): Tensor;
  };
  addmv_: {
    (self: Tensor, mat: Tensor, vec: Tensor, options?: { beta?: Numeric; alpha?: Numeric }): Tensor;
  };
  addr: {
    (self: Tensor, vec1: Tensor, vec2: Tensor, options?: { beta?: Numeric; alpha?: Numeric; out?: Tensor }): Tensor;
  };
  addr_: {
    (self: Tensor, vec1: Tensor, vec2: Tensor, options?: { beta?: Numeric; alpha?: Numeric }): Tensor;
  };
  adjoint: {
    (self: Tensor): Tensor;
  };
  affineGridGenerator: {
    (theta: Tensor, size: readonly number[], alignCorners: boolean, options?: { out?: Tensor }): Tensor;
  };
  alias: {
    (self: Tensor): Tensor;
  };
  all: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, options?: { keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim: number, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { dim?: readonly number[] | null; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim?: readonly number[] | null, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  allclose: {
    (self: Tensor, other: Tensor, options?: { rtol?: number; atol?: number; equalNan?: boolean }): boolean;
    (self: Tensor, other: Tensor, rtol?: number, atol?: number, equalNan?: boolean): boolean;
  };
  alphaDropout: {
    (input: Tensor, p: number, train: boolean): Tensor;
  };
  alphaDropout_: {
    (self: Tensor, p: number, train: boolean): Tensor;
  };
  amax: {
    (self: Tensor, options?: { dim?: number | readonly number[]; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | readonly number[], keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  amin: {
    (self: Tensor, options?: { dim?: number | readonly number[]; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | readonly number[], keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  aminmax: {
    (self: Tensor, options?: { dim?: number | null; keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  angle: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  any: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, options?: { keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim: number, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { dim?: readonly number[] | null; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim?: readonly number[] | null, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  arccos: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  arccos_: {
    (self: Tensor): Tensor;
  };
  arccosh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  arccosh_: {
    (self: Tensor): Tensor;
  };
  arcsin: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  arcsin_: {
    (self: Tensor): Tensor;
  };
  arcsinh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  arcsinh_: {
    (self: Tensor): Tensor;
  };
  arctan: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  arctan2: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  arctan2_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  arctan_: {
    (self: Tensor): Tensor;
  };
  arctanh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  arctanh_: {
    (self: Tensor): Tensor;
  };
  argmax: {
    (self: Tensor, options?: { dim?: number | null; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | null, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  argmin: {
    (self: Tensor, options?: { dim?: number | null; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | null, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  argsort: {
    (self: Tensor, options?: { dim?: number; descending?: boolean }): Tensor;
    (self: Tensor, dim?: number, descending?: boolean): Tensor;
    (self: Tensor, options: { stable: boolean; dim?: number; descending?: boolean; out?: Tensor }): Tensor;
  };
  argwhere: {
    (self: Tensor): Tensor;
  };
  asStrided: {
    (self: Tensor, size: readonly number[], stride: readonly number[], options?: { storageOffset?: number | null }): Tensor;
    (self: Tensor, size: readonly number[], stride: readonly number[], storageOffset?: number | null): Tensor;
  };
  asStrided_: {
    (self: Tensor, size: readonly number[], stride: readonly number[], options?: { storageOffset?: number | null }): Tensor;
    (self: Tensor, size: readonly number[], stride: readonly number[], storageOffset?: number | null): Tensor;
  };
  asStridedScatter: {
    (self: Tensor, src: Tensor, size: readonly number[], stride: readonly number[], options?: { storageOffset?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, src: Tensor, size: readonly number[], stride: readonly number[], storageOffset?: number | null, options?: { out?: Tensor }): Tensor;
  };
  asin: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  asin_: {
    (self: Tensor): Tensor;
  };
  asinh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  asinh_: {
    (self: Tensor): Tensor;
  };
  atan: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  atan2: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
  };
  atan2_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  atan_: {
    (self: Tensor): Tensor;
  };
  atanh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  atanh_: {
    (self: Tensor): Tensor;
  };
  atleast1d: {
    (self: Tensor): Tensor;
    (tensors: readonly Tensor[]): Tensor[];
    (...tensors: Tensor[]): Tensor[];
  };
  atleast2d: {
    (self: Tensor): Tensor;
    (tensors: readonly Tensor[]): Tensor[];
    (...tensors: Tensor[]): Tensor[];
  };
  atleast3d: {
    (self: Tensor): Tensor;
    (tensors: readonly Tensor[]): Tensor[];
    (...tensors: Tensor[]): Tensor[];
  };
  avgPool1d: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; ceilMode?: boolean; countIncludePad?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], ceilMode?: boolean, countIncludePad?: boolean, options?: { out?: Tensor }): Tensor;
  };
  avgPool2d: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; ceilMode?: boolean; countIncludePad?: boolean; divisorOverride?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], ceilMode?: boolean, countIncludePad?: boolean, divisorOverride?: number | null, options?: { out?: Tensor }): Tensor;
  };
  avgPool3d: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; ceilMode?: boolean; countIncludePad?: boolean; divisorOverride?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], ceilMode?: boolean, countIncludePad?: boolean, divisorOverride?: number | null, options?: { out?: Tensor }): Tensor;
  };
  baddbmm: {
    (self: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Numeric; alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, batch1: Tensor, batch2: Tensor, outDtype: DType, options?: { beta?: Numeric; alpha?: Numeric; out?: Tensor }): Tensor;
  };
  baddbmm_: {
    (self: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Numeric; alpha?: Numeric }): Tensor;
  };
  bartlettWindow: {
    (windowLength: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (windowLength: number, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  batchNorm: {
    (input: Tensor, weight: Tensor | null, bias: Tensor | null, runningMean: Tensor | null, runningVar: Tensor | null, training: boolean, momentum: number, eps: number, cudnnEnabled: boolean): Tensor;
  };
  bernoulli: {
    (self: Tensor, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, p: Tensor, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, p: number, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
  };
  bernoulli_: {
    (self: Tensor, p: Tensor, options?: { generator?: Generator | null }): Tensor;
    (self: Tensor, options?: { p?: number; generator?: Generator | null }): Tensor;
    (self: Tensor, p?: number, options?: { generator?: Generator | null }): Tensor;
  };
  bilinear: {
    (input1: Tensor, input2: Tensor, weight: Tensor, options?: { bias?: Tensor | null }): Tensor;
    (input1: Tensor, input2: Tensor, weight: Tensor, bias?: Tensor | null): Tensor;
  };
  binaryCrossEntropy: {
    (self: Tensor, target: Tensor, options?: { weight?: Tensor | null; reduction?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, weight?: Tensor | null, reduction?: number, options?: { out?: Tensor }): Tensor;
  };
  binaryCrossEntropyWithLogits: {
    (self: Tensor, target: Tensor, options?: { weight?: Tensor | null; posWeight?: Tensor | null; reduction?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, weight?: Tensor | null, posWeight?: Tensor | null, reduction?: number, options?: { out?: Tensor }): Tensor;
  };
  bincount: {
    (self: Tensor, options?: { weights?: Tensor | null; minlength?: number; out?: Tensor }): Tensor;
    (self: Tensor, weights?: Tensor | null, minlength?: number, options?: { out?: Tensor }): Tensor;
  };
  binomial: {
    (count: Tensor, prob: Tensor, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (count: Tensor, prob: Tensor, generator?: Generator | null, options?: { out?: Tensor }): Tensor;
  };
  bitwiseAnd: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  bitwiseAnd_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  bitwiseLeftShift: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  bitwiseLeftShift_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  bitwiseNot: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  bitwiseNot_: {
    (self: Tensor): Tensor;
  };
  bitwiseOr: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  bitwiseOr_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  bitwiseRightShift: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  bitwiseRightShift_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  bitwiseXor: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  bitwiseXor_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  blackmanWindow: {
    (windowLength: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (windowLength: number, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  blockDiag: {
    (tensors: readonly Tensor[], options?: { out?: Tensor }): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  bmm: {
    (self: Tensor, mat2: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, mat2: Tensor, outDtype: DType, options?: { out?: Tensor }): Tensor;
  };
  broadcastTensors: {
    (tensors: readonly Tensor[]): Tensor[];
    (...tensors: Tensor[]): Tensor[];
  };
  broadcastTo: {
    (self: Tensor, size: readonly number[]): Tensor;
  };
  bucketize: {
    (self: Tensor, boundaries: Tensor, options?: { outInt32?: boolean; right?: boolean; out?: Tensor }): Tensor;
    (self: Numeric, boundaries: Tensor, options?: { outInt32?: boolean; right?: boolean; out?: Tensor }): Tensor;
  };
  canCast: {
    (from_: DType, to: DType): boolean;
  };
  cartesianProd: {
    (tensors: readonly Tensor[]): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  cat: {
    (tensors: readonly Tensor[], options?: { dim?: number; out?: Tensor }): Tensor;
    (tensors: readonly Tensor[], dim?: number, options?: { out?: Tensor }): Tensor;
  };
  cauchy: {
    (self: Tensor, options?: { median?: number; sigma?: number; generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, median?: number, sigma?: number, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
  };
  cauchy_: {
    (self: Tensor, options?: { median?: number; sigma?: number; generator?: Generator | null }): Tensor;
    (self: Tensor, median?: number, sigma?: number, options?: { generator?: Generator | null }): Tensor;
  };
  ccolIndices: {
    (self: Tensor): Tensor;
  };
  ceil: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  ceil_: {
    (self: Tensor): Tensor;
  };
  celu: {
    (self: Tensor, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, alpha?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  celu_: {
    (self: Tensor, options?: { alpha?: Numeric }): Tensor;
    (self: Tensor, alpha?: Numeric): Tensor;
  };
  chainMatmul: {
    (matrices: readonly Tensor[], options?: { out?: Tensor }): Tensor;
    (...matrices: Tensor[]): Tensor;
  };
  chalf: {
    (self: Tensor, options?: { memoryFormat?: MemoryFormat | null }): Tensor;
  };
  channelShuffle: {
    (self: Tensor, groups: number, options?: { out?: Tensor }): Tensor;
  };
  cholesky: {
    (self: Tensor, options?: { upper?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, upper?: boolean, options?: { out?: Tensor }): Tensor;
  };
  choleskyInverse: {
    (self: Tensor, options?: { upper?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, upper?: boolean, options?: { out?: Tensor }): Tensor;
  };
  choleskySolve: {
    (self: Tensor, input2: Tensor, options?: { upper?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, input2: Tensor, upper?: boolean, options?: { out?: Tensor }): Tensor;
  };
  chooseQparamsOptimized: {
    (input: Tensor, numel: number, nBins: number, ratio: number, bitWidth: number): [Tensor, Tensor];
  };
  chunk: {
    (self: Tensor, chunks: number, options?: { dim?: number }): Tensor[];
    (self: Tensor, chunks: number, dim?: number): Tensor[];
  };
  clamp: {
    (self: Tensor, options?: { min?: Tensor | null; max?: Tensor | null; out?: Tensor }): Tensor;
    (self: Tensor, min?: Tensor | null, max?: Tensor | null, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { min?: Numeric | null; max?: Numeric | null; out?: Tensor }): Tensor;
    (self: Tensor, min?: Numeric | null, max?: Numeric | null, options?: { out?: Tensor }): Tensor;
  };
  clamp_: {
    (self: Tensor, options?: { min?: Tensor | null; max?: Tensor | null }): Tensor;
    (self: Tensor, min?: Tensor | null, max?: Tensor | null): Tensor;
    (self: Tensor, options?: { min?: Numeric | null; max?: Numeric | null }): Tensor;
    (self: Tensor, min?: Numeric | null, max?: Numeric | null): Tensor;
  };
  clampMax: {
    (self: Tensor, max: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, max: Numeric, options?: { out?: Tensor }): Tensor;
  };
  clampMax_: {
    (self: Tensor, max: Tensor): Tensor;
    (self: Tensor, max: Numeric): Tensor;
  };
  clampMin: {
    (self: Tensor, min: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, min: Numeric, options?: { out?: Tensor }): Tensor;
  };
  clampMin_: {
    (self: Tensor, min: Tensor): Tensor;
    (self: Tensor, min: Numeric): Tensor;
  };
  clip: {
    (self: Tensor, options?: { min?: Tensor | null; max?: Tensor | null; out?: Tensor }): Tensor;
    (self: Tensor, min?: Tensor | null, max?: Tensor | null, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { min?: Numeric | null; max?: Numeric | null; out?: Tensor }): Tensor;
    (self: Tensor, min?: Numeric | null, max?: Numeric | null, options?: { out?: Tensor }): Tensor;
  };
  clip_: {
    (self: Tensor, options?: { min?: Tensor | null; max?: Tensor | null }): Tensor;
    (self: Tensor, min?: Tensor | null, max?: Tensor | null): Tensor;
    (self: Tensor, options?: { min?: Numeric | null; max?: Numeric | null }): Tensor;
    (self: Tensor, min?: Numeric | null, max?: Numeric | null): Tensor;
  };
  clone: {
    (self: Tensor, options?: { memoryFormat?: MemoryFormat | null; out?: Tensor }): Tensor;
  };
  coalesce: {
    (self: Tensor): Tensor;
  };
  col2im: {
    (self: Tensor, outputSize: number | readonly number[], kernelSize: number | readonly number[], dilation: number | readonly number[], padding: number | readonly number[], stride: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  colIndices: {
    (self: Tensor): Tensor;
  };
  columnStack: {
    (tensors: readonly Tensor[], options?: { out?: Tensor }): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  combinations: {
    (self: Tensor, options?: { r?: number; withReplacement?: boolean }): Tensor;
    (self: Tensor, r?: number, withReplacement?: boolean): Tensor;
  };
  complex: {
    (real: Tensor, imag: Tensor, options?: { out?: Tensor }): Tensor;
  };
  concat: {
    (tensors: readonly Tensor[], options?: { dim?: number; out?: Tensor }): Tensor;
    (tensors: readonly Tensor[], dim?: number, options?: { out?: Tensor }): Tensor;
  };
  concatenate: {
    (tensors: readonly Tensor[], options?: { dim?: number; out?: Tensor }): Tensor;
    (tensors: readonly Tensor[], dim?: number, options?: { out?: Tensor }): Tensor;
  };
  conj: {
    (self: Tensor): Tensor;
  };
  conjPhysical: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  conjPhysical_: {
    (self: Tensor): Tensor;
  };
  constantPadNd: {
    (self: Tensor, pad: readonly number[], options?: { value?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, pad: readonly number[], value?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  contiguous: {
    (self: Tensor, options?: { memoryFormat?: MemoryFormat }): Tensor;
  };
  conv1d: {
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; groups?: number }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], groups?: number): Tensor;
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: string; dilation?: number | readonly number[]; groups?: number }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: string, dilation?: number | readonly number[], groups?: number): Tensor;
  };
  conv2d: {
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; groups?: number }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], groups?: number): Tensor;
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: string; dilation?: number | readonly number[]; groups?: number }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: string, dilation?: number | readonly number[], groups?: number): Tensor;
  };
  conv3d: {
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; groups?: number }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], groups?: number): Tensor;
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: string; dilation?: number | readonly number[]; groups?: number }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: string, dilation?: number | readonly number[], groups?: number): Tensor;
  };
  convDepthwise3d: {
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], bias: Tensor | null, stride: number | readonly number[], padding: number | readonly number[], dilation: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  convTbc: {
    (self: Tensor, weight: Tensor, bias: Tensor, options?: { pad?: number; out?: Tensor }): Tensor;
    (self: Tensor, weight: Tensor, bias: Tensor, pad?: number, options?: { out?: Tensor }): Tensor;
  };
  convTranspose1d: {
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; outputPadding?: number | readonly number[]; groups?: number; dilation?: number | readonly number[] }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], outputPadding?: number | readonly number[], groups?: number, dilation?: number | readonly number[]): Tensor;
  };
  convTranspose2d: {
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; outputPadding?: number | readonly number[]; groups?: number; dilation?: number | readonly number[] }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], outputPadding?: number | readonly number[], groups?: number, dilation?: number | readonly number[]): Tensor;
  };
  convTranspose3d: {
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; outputPadding?: number | readonly number[]; groups?: number; dilation?: number | readonly number[] }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], outputPadding?: number | readonly number[], groups?: number, dilation?: number | readonly number[]): Tensor;
  };
  convolution: {
    (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly number[], padding: readonly number[], dilation: readonly number[], transposed: boolean, outputPadding: readonly number[], groups: number, options?: { out?: Tensor }): Tensor;
  };
  convolutionOverrideable: {
    (input: Tensor, weight: Tensor, bias: Tensor | null, stride: readonly number[], padding: readonly number[], dilation: readonly number[], transposed: boolean, outputPadding: readonly number[], groups: number, options?: { out?: Tensor }): Tensor;
  };
  copy: {
    (self: Tensor, src: Tensor, options?: { nonBlocking?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, src: Tensor, nonBlocking?: boolean, options?: { out?: Tensor }): Tensor;
  };
  copy_: {
    (self: Tensor, src: Tensor, options?: { nonBlocking?: boolean }): Tensor;
    (self: Tensor, src: Tensor, nonBlocking?: boolean): Tensor;
  };
  copySparseToSparse: {
    (self: Tensor, src: Tensor, options?: { nonBlocking?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, src: Tensor, nonBlocking?: boolean, options?: { out?: Tensor }): Tensor;
  };
  copySparseToSparse_: {
    (self: Tensor, src: Tensor, options?: { nonBlocking?: boolean }): Tensor;
    (self: Tensor, src: Tensor, nonBlocking?: boolean): Tensor;
  };
  copysign: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  copysign_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  corrcoef: {
    (self: Tensor): Tensor;
  };
  cos: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  cos_: {
    (self: Tensor): Tensor;
  };
  cosh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  cosh_: {
    (self: Tensor): Tensor;
  };
  cosineEmbeddingLoss: {
    (input1: Tensor, input2: Tensor, target: Tensor, options?: { margin?: number; reduction?: number }): Tensor;
    (input1: Tensor, input2: Tensor, target: Tensor, margin?: number, reduction?: number): Tensor;
  };
  cosineSimilarity: {
    (x1: Tensor, x2: Tensor, options?: { dim?: number; eps?: number }): Tensor;
    (x1: Tensor, x2: Tensor, dim?: number, eps?: number): Tensor;
  };
  countNonzero: {
    (self: Tensor, options?: { dim?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | null, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: readonly number[], options?: { out?: Tensor }): Tensor;
  };
  cov: {
    (self: Tensor, options?: { correction?: number; fweights?: Tensor | null; aweights?: Tensor | null }): Tensor;
  };
  cross: {
    (self: Tensor, other: Tensor, options?: { dim?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, other: Tensor, dim?: number | null, options?: { out?: Tensor }): Tensor;
  };
  crossEntropyLoss: {
    (self: Tensor, target: Tensor, options?: { weight?: Tensor | null; reduction?: number; ignoreIndex?: number; labelSmoothing?: number }): Tensor;
    (self: Tensor, target: Tensor, weight?: Tensor | null, reduction?: number, ignoreIndex?: number, labelSmoothing?: number): Tensor;
  };
  crowIndices: {
    (self: Tensor): Tensor;
  };
  ctcLoss: {
    (logProbs: Tensor, targets: Tensor, inputLengths: readonly number[], targetLengths: readonly number[], options?: { blank?: number; reduction?: number; zeroInfinity?: boolean }): Tensor;
    (logProbs: Tensor, targets: Tensor, inputLengths: readonly number[], targetLengths: readonly number[], blank?: number, reduction?: number, zeroInfinity?: boolean): Tensor;
    (logProbs: Tensor, targets: Tensor, inputLengths: Tensor, targetLengths: Tensor, options?: { blank?: number; reduction?: number; zeroInfinity?: boolean }): Tensor;
    (logProbs: Tensor, targets: Tensor, inputLengths: Tensor, targetLengths: Tensor, blank?: number, reduction?: number, zeroInfinity?: boolean): Tensor;
  };
  cummax: {
    (self: Tensor, dim: number, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  cummin: {
    (self: Tensor, dim: number, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  cumprod: {
    (self: Tensor, dim: number, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  cumprod_: {
    (self: Tensor, dim: number, options?: { dtype?: DType | null }): Tensor;
  };
  cumsum: {
    (self: Tensor, dim: number, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  cumsum_: {
    (self: Tensor, dim: number, options?: { dtype?: DType | null }): Tensor;
  };
  cumulativeTrapezoid: {
    (y: Tensor, x: Tensor, options?: { dim?: number }): Tensor;
    (y: Tensor, options?: { dx?: Numeric; dim?: number }): Tensor;
  };
  deg2rad: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  deg2rad_: {
    (self: Tensor): Tensor;
  };
  denseDim: {
    (self: Tensor): number;
  };
  dequantize: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (tensors: readonly Tensor[], options?: { out?: readonly Tensor[] }): Tensor[];
    (...tensors: Tensor[]): Tensor[];
  };
  det: {
    (self: Tensor): Tensor;
  };
  detach: {
    (self: Tensor): Tensor;
  };
  detach_: {
    (self: Tensor): Tensor;
  };
  diag: {
    (self: Tensor, options?: { diagonal?: number; out?: Tensor }): Tensor;
    (self: Tensor, diagonal?: number, options?: { out?: Tensor }): Tensor;
  };
  diagEmbed: {
    (self: Tensor, options?: { offset?: number; dim1?: number; dim2?: number; out?: Tensor }): Tensor;
    (self: Tensor, offset?: number, dim1?: number, dim2?: number, options?: { out?: Tensor }): Tensor;
  };
  diagflat: {
    (self: Tensor, options?: { offset?: number }): Tensor;
    (self: Tensor, offset?: number): Tensor;
  };
  diagonal: {
    (self: Tensor, options?: { offset?: number; dim1?: number; dim2?: number }): Tensor;
    (self: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor;
  };
  diagonalScatter: {
    (self: Tensor, src: Tensor, options?: { offset?: number; dim1?: number; dim2?: number; out?: Tensor }): Tensor;
    (self: Tensor, src: Tensor, offset?: number, dim1?: number, dim2?: number, options?: { out?: Tensor }): Tensor;
  };
  diff: {
    (self: Tensor, options?: { n?: number; dim?: number; prepend?: Tensor | null; append?: Tensor | null; out?: Tensor }): Tensor;
    (self: Tensor, n?: number, dim?: number, prepend?: Tensor | null, append?: Tensor | null, options?: { out?: Tensor }): Tensor;
  };
  digamma: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  digamma_: {
    (self: Tensor): Tensor;
  };
  dist: {
    (self: Tensor, other: Tensor, options?: { p?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, other: Tensor, p?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  div: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options: { roundingMode: string | null; out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options: { roundingMode: string | null; out?: Tensor }): Tensor;
  };
  div_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean): Tensor;
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options: { roundingMode: string | null }): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options: { roundingMode: string | null }): Tensor;
  };
  divide: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options: { roundingMode: string | null; out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options: { roundingMode: string | null }): Tensor;
  };
  divide_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean): Tensor;
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options: { roundingMode: string | null }): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options: { roundingMode: string | null }): Tensor;
  };
  dot: {
    (self: Tensor, tensor: Tensor, options?: { out?: Tensor }): Tensor;
  };
  dropout: {
    (input: Tensor, p: number, train: boolean): Tensor;
  };
  dropout_: {
    (self: Tensor, p: number, train: boolean): Tensor;
  };
  dsplit: {
    (self: Tensor, indices: readonly number[]): Tensor[];
    (self: Tensor, sections: number): Tensor[];
  };
  dstack: {
    (tensors: readonly Tensor[], options?: { out?: Tensor }): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  elu: {
    (self: Tensor, options?: { alpha?: Numeric; scale?: Numeric; inputScale?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, alpha?: Numeric, scale?: Numeric, inputScale?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  elu_: {
    (self: Tensor, options?: { alpha?: Numeric; scale?: Numeric; inputScale?: Numeric }): Tensor;
    (self: Tensor, alpha?: Numeric, scale?: Numeric, inputScale?: Numeric): Tensor;
  };
  embedding: {
    (weight: Tensor, indices: Tensor, options?: { paddingIdx?: number; scaleGradByFreq?: boolean; sparse?: boolean; out?: Tensor }): Tensor;
    (weight: Tensor, indices: Tensor, paddingIdx?: number, scaleGradByFreq?: boolean, sparse?: boolean, options?: { out?: Tensor }): Tensor;
  };
  embeddingBag: {
    (weight: Tensor, indices: Tensor, offsets: Tensor, options?: { scaleGradByFreq?: boolean; mode?: number; sparse?: boolean; perSampleWeights?: Tensor | null; includeLastOffset?: boolean }): [Tensor, Tensor, Tensor, Tensor];
    (weight: Tensor, indices: Tensor, offsets: Tensor, scaleGradByFreq?: boolean, mode?: number, sparse?: boolean, perSampleWeights?: Tensor | null, includeLastOffset?: boolean): [Tensor, Tensor, Tensor, Tensor];
    (weight: Tensor, indices: Tensor, offsets: Tensor, scaleGradByFreq: boolean, mode: number, sparse: boolean, perSampleWeights: Tensor | null, includeLastOffset: boolean, paddingIdx: number | null): [Tensor, Tensor, Tensor, Tensor];
  };
  embeddingRenorm: {
    (self: Tensor, indices: Tensor, maxNorm: number, normType: number, options?: { out?: Tensor }): Tensor;
  };
  embeddingRenorm_: {
    (self: Tensor, indices: Tensor, maxNorm: number, normType: number): Tensor;
  };
  emptyPermuted: {
    (size: readonly number[], physicalLayout: readonly number[], options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  emptyQuantized: {
    (size: readonly number[], qtensor: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null; memoryFormat?: MemoryFormat | null }): Tensor;
  };
  emptyStrided: {
    (size: readonly number[], stride: readonly number[], options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  eq: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  eq_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  equal: {
    (self: Tensor, other: Tensor): boolean;
  };
  erf: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  erf_: {
    (self: Tensor): Tensor;
  };
  erfc: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  erfc_: {
    (self: Tensor): Tensor;
  };
  erfinv: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  erfinv_: {
    (self: Tensor): Tensor;
  };
  exp: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  exp2: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  exp2_: {
    (self: Tensor): Tensor;
  };
  exp_: {
    (self: Tensor): Tensor;
  };
  expand: {
    (self: Tensor, size: readonly number[], options?: { implicit?: boolean }): Tensor;
  };
  expandAs: {
    (self: Tensor, other: Tensor): Tensor;
  };
  expm1: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  expm1_: {
    (self: Tensor): Tensor;
  };
  exponential: {
    (self: Tensor, options?: { lambd?: number; generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, lambd?: number, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
  };
  exponential_: {
    (self: Tensor, options?: { lambd?: number; generator?: Generator | null }): Tensor;
    (self: Tensor, lambd?: number, options?: { generator?: Generator | null }): Tensor;
  };
  featureAlphaDropout: {
    (input: Tensor, p: number, train: boolean): Tensor;
  };
  featureAlphaDropout_: {
    (self: Tensor, p: number, train: boolean): Tensor;
  };
  featureDropout: {
    (input: Tensor, p: number, train: boolean): Tensor;
  };
  featureDropout_: {
    (self: Tensor, p: number, train: boolean): Tensor;
  };
  fftFft: {
    (self: Tensor, options?: { n?: number | null; dim?: number; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, n?: number | null, dim?: number, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftFft2: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[]; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[], norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftFftfreq: {
    (n: number, options?: { d?: number; dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (n: number, d?: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  fftFftn: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[] | null; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[] | null, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftFftshift: {
    (self: Tensor, options?: { dim?: number | readonly number[] | null }): Tensor;
    (self: Tensor, dim?: number | readonly number[] | null): Tensor;
  };
  fftHfft: {
    (self: Tensor, options?: { n?: number | null; dim?: number; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, n?: number | null, dim?: number, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftHfft2: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[]; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[], norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftHfftn: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[] | null; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[] | null, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIfft: {
    (self: Tensor, options?: { n?: number | null; dim?: number; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, n?: number | null, dim?: number, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIfft2: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[]; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[], norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIfftn: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[] | null; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[] | null, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIfftshift: {
    (self: Tensor, options?: { dim?: number | readonly number[] | null }): Tensor;
    (self: Tensor, dim?: number | readonly number[] | null): Tensor;
  };
  fftIhfft: {
    (self: Tensor, options?: { n?: number | null; dim?: number; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, n?: number | null, dim?: number, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIhfft2: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[]; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[], norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIhfftn: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[] | null; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[] | null, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIrfft: {
    (self: Tensor, options?: { n?: number | null; dim?: number; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, n?: number | null, dim?: number, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIrfft2: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[]; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[], norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftIrfftn: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[] | null; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[] | null, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftRfft: {
    (self: Tensor, options?: { n?: number | null; dim?: number; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, n?: number | null, dim?: number, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftRfft2: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[]; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[], norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fftRfftfreq: {
    (n: number, options?: { d?: number; dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (n: number, d?: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  fftRfftn: {
    (self: Tensor, options?: { s?: number | readonly number[] | null; dim?: number | readonly number[] | null; norm?: string | null; out?: Tensor }): Tensor;
    (self: Tensor, s?: number | readonly number[] | null, dim?: number | readonly number[] | null, norm?: string | null, options?: { out?: Tensor }): Tensor;
  };
  fill: {
    (self: Tensor, value: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, value: Numeric, options?: { out?: Tensor }): Tensor;
  };
  fill_: {
    (self: Tensor, value: Tensor): Tensor;
    (self: Tensor, value: Numeric): Tensor;
  };
  fillDiagonal_: {
    (self: Tensor, fillValue: Numeric, options?: { wrap?: boolean }): Tensor;
    (self: Tensor, fillValue: Numeric, wrap?: boolean): Tensor;
  };
  fix: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  fix_: {
    (self: Tensor): Tensor;
  };
  flatten: {
    (self: Tensor, options?: { startDim?: number; endDim?: number }): Tensor;
    (self: Tensor, startDim?: number, endDim?: number): Tensor;
  };
  flattenDenseTensors: {
    (tensors: readonly Tensor[]): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  flip: {
    (self: Tensor, dims: readonly number[], options?: { out?: Tensor }): Tensor;
  };
  fliplr: {
    (self: Tensor): Tensor;
  };
  flipud: {
    (self: Tensor): Tensor;
  };
  floatPower: {
    (self: Tensor, exponent: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Numeric, exponent: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, exponent: Numeric, options?: { out?: Tensor }): Tensor;
  };
  floatPower_: {
    (self: Tensor, exponent: Tensor): Tensor;
    (self: Tensor, exponent: Numeric): Tensor;
  };
  floor: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  floor_: {
    (self: Tensor): Tensor;
  };
  floorDivide: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  floorDivide_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
  };
  fmax: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  fmin: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  fmod: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  fmod_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  frac: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  frac_: {
    (self: Tensor): Tensor;
  };
  fractionalMaxPool2d: {
    (self: Tensor, kernelSize: number | readonly number[], outputSize: number | readonly number[], randomSamples: Tensor, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  fractionalMaxPool3d: {
    (self: Tensor, kernelSize: number | readonly number[], outputSize: number | readonly number[], randomSamples: Tensor, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  frexp: {
    (self: Tensor, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  frobeniusNorm: {
    (self: Tensor, dim: number | readonly number[], options?: { keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[], keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  gather: {
    (self: Tensor, dim: number, index: Tensor, options?: { sparseGrad?: boolean; out?: Tensor }): Tensor;
  };
  gcd: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  gcd_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  ge: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  ge_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  gelu: {
    (self: Tensor, options?: { approximate?: string; out?: Tensor }): Tensor;
  };
  gelu_: {
    (self: Tensor, options?: { approximate?: string }): Tensor;
  };
  geometric: {
    (self: Tensor, p: number, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
  };
  geometric_: {
    (self: Tensor, p: number, options?: { generator?: Generator | null }): Tensor;
  };
  geqrf: {
    (self: Tensor, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  ger: {
    (self: Tensor, vec2: Tensor, options?: { out?: Tensor }): Tensor;
  };
  getDevice: {
    (self: Tensor): number;
  };
  glu: {
    (self: Tensor, options?: { dim?: number; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number, options?: { out?: Tensor }): Tensor;
  };
  gradient: {
    (self: Tensor, options: { dim: readonly number[]; edgeOrder?: number }): Tensor[];
    (self: Tensor, options: { spacing: readonly Tensor[]; dim: readonly number[]; edgeOrder?: number }): Tensor[];
    (self: Tensor, options: { spacing: readonly Tensor[]; dim?: number | null; edgeOrder?: number }): Tensor[];
    (self: Tensor, options: { spacing: Numeric; dim: readonly number[]; edgeOrder?: number }): Tensor[];
    (self: Tensor, options?: { spacing?: Numeric | null; dim?: number | null; edgeOrder?: number }): Tensor[];
    (self: Tensor, options: { spacing: readonly Numeric[]; dim: readonly number[]; edgeOrder?: number }): Tensor[];
    (self: Tensor, options: { spacing: readonly Numeric[]; dim?: number | null; edgeOrder?: number }): Tensor[];
  };
  greater: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  greater_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  greaterEqual: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  greaterEqual_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  gridSampler: {
    (input: Tensor, grid: Tensor, interpolationMode: number, paddingMode: number, alignCorners: boolean): Tensor;
  };
  gridSampler2d: {
    (input: Tensor, grid: Tensor, interpolationMode: number, paddingMode: number, alignCorners: boolean, options?: { out?: Tensor }): Tensor;
  };
  gridSampler3d: {
    (input: Tensor, grid: Tensor, interpolationMode: number, paddingMode: number, alignCorners: boolean, options?: { out?: Tensor }): Tensor;
  };
  groupNorm: {
    (input: Tensor, numGroups: number, options?: { weight?: Tensor | null; bias?: Tensor | null; eps?: number; cudnnEnabled?: boolean }): Tensor;
    (input: Tensor, numGroups: number, weight?: Tensor | null, bias?: Tensor | null, eps?: number, cudnnEnabled?: boolean): Tensor;
  };
  gru: {
    (data: Tensor, batchSizes: Tensor, hx: Tensor, params: readonly Tensor[], hasBiases: boolean, numLayers: number, dropout: number, train: boolean, bidirectional: boolean): [Tensor, Tensor];
    (input: Tensor, hx: Tensor, params: readonly Tensor[], hasBiases: boolean, numLayers: number, dropout: number, train: boolean, bidirectional: boolean, batchFirst: boolean): [Tensor, Tensor];
  };
  gruCell: {
    (input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, options?: { bIh?: Tensor | null; bHh?: Tensor | null }): Tensor;
    (input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, bIh?: Tensor | null, bHh?: Tensor | null): Tensor;
  };
  gt: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  gt_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  hammingWindow: {
    (windowLength: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (windowLength: number, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (windowLength: number, periodic: boolean, alpha: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (windowLength: number, periodic: boolean, alpha: number, beta: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  hannWindow: {
    (windowLength: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (windowLength: number, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  hardshrink: {
    (self: Tensor, options?: { lambd?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, lambd?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  hardsigmoid: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  hardsigmoid_: {
    (self: Tensor): Tensor;
  };
  hardswish: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  hardswish_: {
    (self: Tensor): Tensor;
  };
  hardtanh: {
    (self: Tensor, options?: { minVal?: Numeric; maxVal?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, minVal?: Numeric, maxVal?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  hardtanh_: {
    (self: Tensor, options?: { minVal?: Numeric; maxVal?: Numeric }): Tensor;
    (self: Tensor, minVal?: Numeric, maxVal?: Numeric): Tensor;
  };
  hashTensor: {
    (self: Tensor, options?: { dim?: number | readonly number[]; keepdim?: boolean; mode?: number; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | readonly number[], options?: { keepdim?: boolean; mode?: number; out?: Tensor }): Tensor;
  };
  heaviside: {
    (self: Tensor, values: Tensor, options?: { out?: Tensor }): Tensor;
  };
  heaviside_: {
    (self: Tensor, values: Tensor): Tensor;
  };
  hingeEmbeddingLoss: {
    (self: Tensor, target: Tensor, options?: { margin?: number; reduction?: number }): Tensor;
    (self: Tensor, target: Tensor, margin?: number, reduction?: number): Tensor;
  };
  histc: {
    (self: Tensor, options?: { bins?: number; min?: Numeric; max?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, bins?: number, min?: Numeric, max?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  histogram: {
    (self: Tensor, bins: Tensor, options?: { weight?: Tensor | null; density?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, options?: { bins?: number; range?: readonly number[] | null; weight?: Tensor | null; density?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, bins?: number, options?: { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  histogramdd: {
    (self: Tensor, bins: readonly number[], options?: { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }): [Tensor, Tensor[]];
    (self: Tensor, bins: readonly number[], range?: readonly number[] | null, weight?: Tensor | null, density?: boolean): [Tensor, Tensor[]];
    (self: Tensor, bins: readonly Tensor[], options?: { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }): [Tensor, Tensor[]];
    (self: Tensor, bins: readonly Tensor[], range?: readonly number[] | null, weight?: Tensor | null, density?: boolean): [Tensor, Tensor[]];
    (self: Tensor, bins: number, options?: { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean }): [Tensor, Tensor[]];
    (self: Tensor, bins: number, range?: readonly number[] | null, weight?: Tensor | null, density?: boolean): [Tensor, Tensor[]];
  };
  hsplit: {
    (self: Tensor, indices: readonly number[]): Tensor[];
    (self: Tensor, sections: number): Tensor[];
  };
  hspmm: {
    (mat1: Tensor, mat2: Tensor, options?: { out?: Tensor }): Tensor;
  };
  hstack: {
    (tensors: readonly Tensor[], options?: { out?: Tensor }): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  huberLoss: {
    (self: Tensor, target: Tensor, options?: { reduction?: number; delta?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, reduction?: number, delta?: number, options?: { out?: Tensor }): Tensor;
  };
  hypot: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  hypot_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  i0: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  i0_: {
    (self: Tensor): Tensor;
  };
  igamma: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  igamma_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  igammac: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  igammac_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  im2col: {
    (self: Tensor, kernelSize: number | readonly number[], dilation: number | readonly number[], padding: number | readonly number[], stride: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  imag: {
    (self: Tensor): Tensor;
  };
  indexAdd: {
    (self: Tensor, dim: number, index: Tensor, source: Tensor, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
  };
  indexAdd_: {
    (self: Tensor, dim: number, index: Tensor, source: Tensor, options?: { alpha?: Numeric }): Tensor;
  };
  indexCopy: {
    (self: Tensor, dim: number, index: Tensor, source: Tensor, options?: { out?: Tensor }): Tensor;
  };
  indexCopy_: {
    (self: Tensor, dim: number, index: Tensor, source: Tensor): Tensor;
  };
  indexFill: {
    (self: Tensor, dim: number, index: Tensor, value: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, index: Tensor, value: Numeric, options?: { out?: Tensor }): Tensor;
  };
  indexFill_: {
    (self: Tensor, dim: number, index: Tensor, value: Tensor): Tensor;
    (self: Tensor, dim: number, index: Tensor, value: Numeric): Tensor;
  };
  indexReduce: {
    (self: Tensor, dim: number, index: Tensor, source: Tensor, reduce: string, options?: { includeSelf?: boolean; out?: Tensor }): Tensor;
  };
  indexReduce_: {
    (self: Tensor, dim: number, index: Tensor, source: Tensor, reduce: string, options?: { includeSelf?: boolean }): Tensor;
  };
  indexSelect: {
    (self: Tensor, dim: number, index: Tensor, options?: { out?: Tensor }): Tensor;
  };
  indices: {
    (self: Tensor): Tensor;
  };
  inner: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  instanceNorm: {
    (input: Tensor, weight: Tensor | null, bias: Tensor | null, runningMean: Tensor | null, runningVar: Tensor | null, useInputStats: boolean, momentum: number, eps: number, cudnnEnabled: boolean): Tensor;
  };
  intRepr: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  inverse: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  isCoalesced: {
    (self: Tensor): boolean;
  };
  isComplex: {
    (self: Tensor): boolean;
  };
  isConj: {
    (self: Tensor): boolean;
  };
  isContiguous: {
    (self: Tensor): boolean;
    (self: Tensor, memoryFormat: MemoryFormat): boolean;
  };
  isDistributed: {
    (self: Tensor): boolean;
  };
  isFloatingPoint: {
    (self: Tensor): boolean;
  };
  isInference: {
    (self: Tensor): boolean;
  };
  isNeg: {
    (self: Tensor): boolean;
  };
  isNonzero: {
    (self: Tensor): boolean;
  };
  isPinned: {
    (self: Tensor, options?: { device?: Device | null }): boolean;
    (self: Tensor, device?: Device | null): boolean;
  };
  isSameSize: {
    (self: Tensor, other: Tensor): boolean;
  };
  isSetTo: {
    (self: Tensor, tensor: Tensor): boolean;
  };
  isSigned: {
    (self: Tensor): boolean;
  };
  isclose: {
    (self: Tensor, other: Tensor, options?: { rtol?: number; atol?: number; equalNan?: boolean }): Tensor;
    (self: Tensor, other: Tensor, rtol?: number, atol?: number, equalNan?: boolean): Tensor;
  };
  isfinite: {
    (self: Tensor): Tensor;
  };
  isin: {
    (elements: Tensor, testElements: Tensor, options?: { assumeUnique?: boolean; invert?: boolean; out?: Tensor }): Tensor;
    (element: Numeric, testElements: Tensor, options?: { assumeUnique?: boolean; invert?: boolean; out?: Tensor }): Tensor;
    (elements: Tensor, testElement: Numeric, options?: { assumeUnique?: boolean; invert?: boolean; out?: Tensor }): Tensor;
  };
  isinf: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  isnan: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  isneginf: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  isposinf: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  isreal: {
    (self: Tensor): Tensor;
  };
  istft: {
    (self: Tensor, nFft: number, options?: { hopLength?: number | null; winLength?: number | null; window?: Tensor | null; center?: boolean; normalized?: boolean; onesided?: boolean | null; length?: number | null; returnComplex?: boolean }): Tensor;
    (self: Tensor, nFft: number, hopLength?: number | null, winLength?: number | null, window?: Tensor | null, center?: boolean, normalized?: boolean, onesided?: boolean | null, length?: number | null, returnComplex?: boolean): Tensor;
  };
  item: {
    (self: Tensor): Scalar;
  };
  kaiserWindow: {
    (windowLength: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (windowLength: number, periodic: boolean, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (windowLength: number, periodic: boolean, beta: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  klDiv: {
    (self: Tensor, target: Tensor, options?: { reduction?: number; logTarget?: boolean }): Tensor;
    (self: Tensor, target: Tensor, reduction?: number, options?: { logTarget?: boolean }): Tensor;
  };
  kron: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  kthvalue: {
    (self: Tensor, k: number, options?: { dim?: number; keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, k: number, dim?: number, keepdim?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  l1Loss: {
    (self: Tensor, target: Tensor, options?: { reduction?: number }): Tensor;
    (self: Tensor, target: Tensor, reduction?: number): Tensor;
  };
  layerNorm: {
    (input: Tensor, normalizedShape: readonly number[], options?: { weight?: Tensor | null; bias?: Tensor | null; eps?: number; cudnnEnable?: boolean }): Tensor;
    (input: Tensor, normalizedShape: readonly number[], weight?: Tensor | null, bias?: Tensor | null, eps?: number, cudnnEnable?: boolean): Tensor;
  };
  lcm: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  lcm_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  ldexp: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  ldexp_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  le: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  le_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  leakyRelu: {
    (self: Tensor, options?: { negativeSlope?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, negativeSlope?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  leakyRelu_: {
    (self: Tensor, options?: { negativeSlope?: Numeric }): Tensor;
    (self: Tensor, negativeSlope?: Numeric): Tensor;
  };
  lerp: {
    (self: Tensor, end: Tensor, weight: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, end: Tensor, weight: Numeric, options?: { out?: Tensor }): Tensor;
  };
  lerp_: {
    (self: Tensor, end: Tensor, weight: Tensor): Tensor;
    (self: Tensor, end: Tensor, weight: Numeric): Tensor;
  };
  less: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  less_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  lessEqual: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  lessEqual_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  lgamma: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  lgamma_: {
    (self: Tensor): Tensor;
  };
  lift: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  liftFresh: {
    (self: Tensor): Tensor;
  };
  linalgPowsum: {
    (self: Tensor, options?: { ord?: Numeric; dim?: number | readonly number[] | null; keepdim?: boolean; dtype?: DType | null }): Tensor;
    (self: Tensor, ord?: Numeric, dim?: number | readonly number[] | null, keepdim?: boolean, options?: { dtype?: DType | null }): Tensor;
  };
  linalgCholesky: {
    (self: Tensor, options?: { upper?: boolean; out?: Tensor }): Tensor;
  };
  linalgCholeskyEx: {
    (self: Tensor, options?: { upper?: boolean; checkErrors?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgCond: {
    (self: Tensor, p: string, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { p?: Numeric | null; out?: Tensor }): Tensor;
    (self: Tensor, p?: Numeric | null, options?: { out?: Tensor }): Tensor;
  };
  linalgCross: {
    (self: Tensor, other: Tensor, options?: { dim?: number; out?: Tensor }): Tensor;
  };
  linalgDet: {
    (A: Tensor, options?: { out?: Tensor }): Tensor;
  };
  linalgDiagonal: {
    (A: Tensor, options?: { offset?: number; dim1?: number; dim2?: number }): Tensor;
  };
  linalgEig: {
    (self: Tensor, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgEigh: {
    (self: Tensor, options?: { UPLO?: string; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, UPLO?: string, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgEigvals: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  linalgEigvalsh: {
    (self: Tensor, options?: { UPLO?: string; out?: Tensor }): Tensor;
    (self: Tensor, UPLO?: string, options?: { out?: Tensor }): Tensor;
  };
  linalgHouseholderProduct: {
    (input: Tensor, tau: Tensor, options?: { out?: Tensor }): Tensor;
  };
  linalgInv: {
    (A: Tensor, options?: { out?: Tensor }): Tensor;
  };
  linalgInvEx: {
    (A: Tensor, options?: { checkErrors?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgLdlFactor: {
    (self: Tensor, options?: { hermitian?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgLdlFactorEx: {
    (self: Tensor, options?: { hermitian?: boolean; checkErrors?: boolean; out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  linalgLdlSolve: {
    (LD: Tensor, pivots: Tensor, B: Tensor, options?: { hermitian?: boolean; out?: Tensor }): Tensor;
  };
  linalgLstsq: {
    (self: Tensor, b: Tensor, options?: { rcond?: number | null; driver?: string | null; out?: readonly [Tensor, Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor, Tensor];
    (self: Tensor, b: Tensor, rcond?: number | null, options?: { driver?: string | null; out?: readonly [Tensor, Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor, Tensor];
  };
  linalgLu: {
    (A: Tensor, options?: { pivot?: boolean; out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  linalgLuFactor: {
    (A: Tensor, options?: { pivot?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgLuFactorEx: {
    (A: Tensor, options?: { pivot?: boolean; checkErrors?: boolean; out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  linalgLuSolve: {
    (LU: Tensor, pivots: Tensor, B: Tensor, options?: { left?: boolean; adjoint?: boolean; out?: Tensor }): Tensor;
  };
  linalgMatmul: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  linalgMatrixExp: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  linalgMatrixNorm: {
    (self: Tensor, options?: { ord?: string; dim?: readonly number[]; keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, ord?: string, dim?: readonly number[], keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, ord: Numeric, options?: { dim?: readonly number[]; keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, ord: Numeric, dim?: readonly number[], keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  linalgMatrixPower: {
    (self: Tensor, n: number, options?: { out?: Tensor }): Tensor;
  };
  linalgMatrixRank: {
    (self: Tensor, tol: number, options?: { hermitian?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, tol: number, hermitian?: boolean, options?: { out?: Tensor }): Tensor;
    (input: Tensor, tol: Tensor, options?: { hermitian?: boolean; out?: Tensor }): Tensor;
    (input: Tensor, tol: Tensor, hermitian?: boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { atol?: number | null; rtol?: number | null; hermitian?: boolean; out?: Tensor }): Tensor;
    (input: Tensor, options?: { atol?: Tensor | null; rtol?: Tensor | null; hermitian?: boolean; out?: Tensor }): Tensor;
  };
  linalgMultiDot: {
    (tensors: readonly Tensor[], options?: { out?: Tensor }): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  linalgNorm: {
    (self: Tensor, ord: string, options?: { dim?: number | readonly number[] | null; keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, ord: string, dim?: number | readonly number[] | null, keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, options?: { ord?: Numeric | null; dim?: number | readonly number[] | null; keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, ord?: Numeric | null, dim?: number | readonly number[] | null, keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  linalgPinv: {
    (self: Tensor, rcond: number, options?: { hermitian?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, rcond: number, hermitian?: boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor, rcond: Tensor, options?: { hermitian?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, rcond: Tensor, hermitian?: boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { atol?: number | null; rtol?: number | null; hermitian?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, options?: { atol?: Tensor | null; rtol?: Tensor | null; hermitian?: boolean; out?: Tensor }): Tensor;
  };
  linalgQr: {
    (A: Tensor, options?: { mode?: string; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (A: Tensor, mode?: string, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgSlogdet: {
    (A: Tensor, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgSolve: {
    (A: Tensor, B: Tensor, options?: { left?: boolean; out?: Tensor }): Tensor;
  };
  linalgSolveEx: {
    (A: Tensor, B: Tensor, options?: { left?: boolean; checkErrors?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  linalgSolveTriangular: {
    (self: Tensor, B: Tensor, options: { upper: boolean; left?: boolean; unitriangular?: boolean; out?: Tensor }): Tensor;
  };
  linalgSvd: {
    (A: Tensor, options?: { fullMatrices?: boolean; driver?: string | null; out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
    (A: Tensor, fullMatrices?: boolean, options?: { driver?: string | null; out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  linalgSvdvals: {
    (A: Tensor, options?: { driver?: string | null; out?: Tensor }): Tensor;
  };
  linalgTensorinv: {
    (self: Tensor, options?: { ind?: number; out?: Tensor }): Tensor;
    (self: Tensor, ind?: number, options?: { out?: Tensor }): Tensor;
  };
  linalgTensorsolve: {
    (self: Tensor, other: Tensor, options?: { dims?: readonly number[] | null; out?: Tensor }): Tensor;
    (self: Tensor, other: Tensor, dims?: readonly number[] | null, options?: { out?: Tensor }): Tensor;
  };
  linalgVander: {
    (x: Tensor, options?: { N?: number | null }): Tensor;
  };
  linalgVecdot: {
    (x: Tensor, y: Tensor, options?: { dim?: number; out?: Tensor }): Tensor;
  };
  linalgVectorNorm: {
    (self: Tensor, options?: { ord?: Numeric; dim?: number | readonly number[] | null; keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, ord?: Numeric, dim?: number | readonly number[] | null, keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  linear: {
    (input: Tensor, weight: Tensor, options?: { bias?: Tensor | null; out?: Tensor }): Tensor;
    (input: Tensor, weight: Tensor, bias?: Tensor | null, options?: { out?: Tensor }): Tensor;
  };
  log: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  log10: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  log10_: {
    (self: Tensor): Tensor;
  };
  log1p: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  log1p_: {
    (self: Tensor): Tensor;
  };
  log2: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  log2_: {
    (self: Tensor): Tensor;
  };
  log_: {
    (self: Tensor): Tensor;
  };
  logNormal: {
    (self: Tensor, options?: { mean?: number; std?: number; generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, mean?: number, std?: number, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
  };
  logNormal_: {
    (self: Tensor, options?: { mean?: number; std?: number; generator?: Generator | null }): Tensor;
    (self: Tensor, mean?: number, std?: number, options?: { generator?: Generator | null }): Tensor;
  };
  logSigmoid: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  logSigmoidForward: {
    (self: Tensor, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  logSoftmax: {
    (self: Tensor, dim: number, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim: number, dtype?: DType | null, options?: { out?: Tensor }): Tensor;
  };
  logaddexp: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  logaddexp2: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  logcumsumexp: {
    (self: Tensor, dim: number, options?: { out?: Tensor }): Tensor;
  };
  logdet: {
    (self: Tensor): Tensor;
  };
  logicalAnd: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
  };
  logicalAnd_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  logicalNot: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  logicalNot_: {
    (self: Tensor): Tensor;
  };
  logicalOr: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
  };
  logicalOr_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  logicalXor: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
  };
  logicalXor_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  logit: {
    (self: Tensor, options?: { eps?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, eps?: number | null, options?: { out?: Tensor }): Tensor;
  };
  logit_: {
    (self: Tensor, options?: { eps?: number | null }): Tensor;
    (self: Tensor, eps?: number | null): Tensor;
  };
  logsumexp: {
    (self: Tensor, dim: number | readonly number[], options?: { keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[], keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  lstm: {
    (data: Tensor, batchSizes: Tensor, hx: readonly Tensor[], params: readonly Tensor[], hasBiases: boolean, numLayers: number, dropout: number, train: boolean, bidirectional: boolean): [Tensor, Tensor, Tensor];
    (input: Tensor, hx: readonly Tensor[], params: readonly Tensor[], hasBiases: boolean, numLayers: number, dropout: number, train: boolean, bidirectional: boolean, batchFirst: boolean): [Tensor, Tensor, Tensor];
  };
  lstmCell: {
    (input: Tensor, hx: readonly Tensor[], wIh: Tensor, wHh: Tensor, options?: { bIh?: Tensor | null; bHh?: Tensor | null }): [Tensor, Tensor];
    (input: Tensor, hx: readonly Tensor[], wIh: Tensor, wHh: Tensor, bIh?: Tensor | null, bHh?: Tensor | null): [Tensor, Tensor];
  };
  lt: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  lt_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  luSolve: {
    (self: Tensor, LUData: Tensor, LUPivots: Tensor, options?: { out?: Tensor }): Tensor;
  };
  luUnpack: {
    (LUData: Tensor, LUPivots: Tensor, options?: { unpackData?: boolean; unpackPivots?: boolean; out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
    (LUData: Tensor, LUPivots: Tensor, unpackData?: boolean, unpackPivots?: boolean, options?: { out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  marginRankingLoss: {
    (input1: Tensor, input2: Tensor, target: Tensor, options?: { margin?: number; reduction?: number }): Tensor;
    (input1: Tensor, input2: Tensor, target: Tensor, margin?: number, reduction?: number): Tensor;
  };
  maskedFill: {
    (self: Tensor, mask: Tensor, value: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, mask: Tensor, value: Numeric, options?: { out?: Tensor }): Tensor;
  };
  maskedFill_: {
    (self: Tensor, mask: Tensor, value: Tensor): Tensor;
    (self: Tensor, mask: Tensor, value: Numeric): Tensor;
  };
  maskedScatter: {
    (self: Tensor, mask: Tensor, source: Tensor, options?: { out?: Tensor }): Tensor;
  };
  maskedScatter_: {
    (self: Tensor, mask: Tensor, source: Tensor): Tensor;
  };
  maskedSelect: {
    (self: Tensor, mask: Tensor, options?: { out?: Tensor }): Tensor;
  };
  matmul: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  matrixExp: {
    (self: Tensor): Tensor;
  };
  matrixPower: {
    (self: Tensor, n: number, options?: { out?: Tensor }): Tensor;
  };
  max: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, options?: { keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, dim: number, keepdim?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  maxPool1d: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; ceilMode?: boolean }): Tensor;
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], ceilMode?: boolean): Tensor;
  };
  maxPool1dWithIndices: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; ceilMode?: boolean }): [Tensor, Tensor];
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], ceilMode?: boolean): [Tensor, Tensor];
  };
  maxPool2d: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; ceilMode?: boolean }): Tensor;
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], ceilMode?: boolean): Tensor;
  };
  maxPool2dWithIndices: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; ceilMode?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], ceilMode?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  maxPool3d: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; ceilMode?: boolean }): Tensor;
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], ceilMode?: boolean): Tensor;
  };
  maxPool3dWithIndices: {
    (self: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; ceilMode?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, kernelSize: number | readonly number[], stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], ceilMode?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  maxUnpool2d: {
    (self: Tensor, indices: Tensor, outputSize: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  maxUnpool3d: {
    (self: Tensor, indices: Tensor, outputSize: number | readonly number[], stride: number | readonly number[], padding: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  maximum: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
  };
  mean: {
    (self: Tensor, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[] | null, options?: { keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[] | null, keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  median: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, options?: { keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, dim: number, keepdim?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  meshgrid: {
    (tensors: readonly Tensor[]): Tensor[];
    (...tensors: Tensor[]): Tensor[];
    (tensors: readonly Tensor[], options: { indexing: string }): Tensor[];
  };
  min: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, options?: { keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, dim: number, keepdim?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  minimum: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
  };
  mish: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  mish_: {
    (self: Tensor): Tensor;
  };
  mm: {
    (self: Tensor, mat2: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, mat2: Tensor, outDtype: DType, options?: { out?: Tensor }): Tensor;
  };
  mode: {
    (self: Tensor, options?: { dim?: number; keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, dim?: number, keepdim?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  moveaxis: {
    (self: Tensor, source: number, destination: number): Tensor;
    (self: Tensor, source: readonly number[], destination: readonly number[]): Tensor;
  };
  movedim: {
    (self: Tensor, source: number, destination: number): Tensor;
    (self: Tensor, source: readonly number[], destination: readonly number[]): Tensor;
  };
  mseLoss: {
    (self: Tensor, target: Tensor, options?: { reduction?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, reduction?: number, options?: { out?: Tensor }): Tensor;
  };
  msort: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  mul: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  mul_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
  };
  multiMarginLoss: {
    (self: Tensor, target: Tensor, options?: { p?: Numeric; margin?: Numeric; weight?: Tensor | null; reduction?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, p?: Numeric, margin?: Numeric, weight?: Tensor | null, reduction?: number, options?: { out?: Tensor }): Tensor;
  };
  multilabelMarginLoss: {
    (self: Tensor, target: Tensor, options?: { reduction?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, reduction?: number, options?: { out?: Tensor }): Tensor;
  };
  multilabelMarginLossForward: {
    (self: Tensor, target: Tensor, reduction: number, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  multinomial: {
    (self: Tensor, numSamples: number, options?: { replacement?: boolean; generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, numSamples: number, replacement?: boolean, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
  };
  multiply: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
  };
  multiply_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
  };
  mv: {
    (self: Tensor, vec: Tensor, options?: { out?: Tensor }): Tensor;
  };
  mvlgamma: {
    (self: Tensor, p: number, options?: { out?: Tensor }): Tensor;
  };
  mvlgamma_: {
    (self: Tensor, p: number): Tensor;
  };
  nanToNum: {
    (self: Tensor, options?: { nan?: number | null; posinf?: number | null; neginf?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, nan?: number | null, posinf?: number | null, neginf?: number | null, options?: { out?: Tensor }): Tensor;
  };
  nanToNum_: {
    (self: Tensor, options?: { nan?: number | null; posinf?: number | null; neginf?: number | null }): Tensor;
    (self: Tensor, nan?: number | null, posinf?: number | null, neginf?: number | null): Tensor;
  };
  nanmean: {
    (self: Tensor, options?: { dim?: number | readonly number[] | null; keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | readonly number[] | null, keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  nanmedian: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, options?: { keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, dim: number, keepdim?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  nanquantile: {
    (self: Tensor, q: Tensor, options?: { dim?: number | null; keepdim?: boolean; interpolation?: string; out?: Tensor }): Tensor;
    (self: Tensor, q: Tensor, dim?: number | null, keepdim?: boolean, options?: { interpolation?: string; out?: Tensor }): Tensor;
    (self: Tensor, q: number, options?: { dim?: number | null; keepdim?: boolean; interpolation?: string; out?: Tensor }): Tensor;
    (self: Tensor, q: number, dim?: number | null, keepdim?: boolean, options?: { interpolation?: string; out?: Tensor }): Tensor;
  };
  nansum: {
    (self: Tensor, options?: { dim?: number | readonly number[] | null; keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | readonly number[] | null, keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  narrow: {
    (self: Tensor, dim: number, start: number, length: number): Tensor;
    (self: Tensor, dim: number, start: Tensor, length: number): Tensor;
  };
  nativeBatchNorm: {
    (input: Tensor, weight: Tensor | null, bias: Tensor | null, runningMean: Tensor | null, runningVar: Tensor | null, training: boolean, momentum: number, eps: number, options?: { out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  nativeChannelShuffle: {
    (self: Tensor, groups: number): Tensor;
  };
  nativeDropout: {
    (input: Tensor, p: number, train: boolean | null, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  nativeGroupNorm: {
    (input: Tensor, weight: Tensor | null, bias: Tensor | null, N: number, C: number, HxW: number, group: number, eps: number, options?: { out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  nativeLayerNorm: {
    (input: Tensor, normalizedShape: readonly number[], weight: Tensor | null, bias: Tensor | null, eps: number, options?: { out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  nativeNorm: {
    (self: Tensor, options?: { p?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, p?: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Tensor, p: Numeric | null, dim: number | readonly number[], keepdim: boolean, dtype: DType | null, options?: { out?: Tensor }): Tensor;
  };
  ne: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  ne_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  neg: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  neg_: {
    (self: Tensor): Tensor;
  };
  negative: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  negative_: {
    (self: Tensor): Tensor;
  };
  newEmpty: {
    (self: Tensor, size: readonly number[], options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  newEmptyStrided: {
    (self: Tensor, size: readonly number[], stride: readonly number[], options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  newFull: {
    (self: Tensor, size: readonly number[], fillValue: Numeric, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  newOnes: {
    (self: Tensor, size: readonly number[], options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  newZeros: {
    (self: Tensor, size: readonly number[], options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  nextafter: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  nextafter_: {
    (self: Tensor, other: Tensor): Tensor;
  };
  nllLoss: {
    (self: Tensor, target: Tensor, options?: { weight?: Tensor | null; reduction?: number; ignoreIndex?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, weight?: Tensor | null, reduction?: number, ignoreIndex?: number, options?: { out?: Tensor }): Tensor;
  };
  nllLoss2d: {
    (self: Tensor, target: Tensor, options?: { weight?: Tensor | null; reduction?: number; ignoreIndex?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, weight?: Tensor | null, reduction?: number, ignoreIndex?: number, options?: { out?: Tensor }): Tensor;
  };
  nllLoss2dForward: {
    (self: Tensor, target: Tensor, weight: Tensor | null, reduction: number, ignoreIndex: number, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  nllLossForward: {
    (self: Tensor, target: Tensor, weight: Tensor | null, reduction: number, ignoreIndex: number, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  nllLossNd: {
    (self: Tensor, target: Tensor, options?: { weight?: Tensor | null; reduction?: number; ignoreIndex?: number }): Tensor;
    (self: Tensor, target: Tensor, weight?: Tensor | null, reduction?: number, ignoreIndex?: number): Tensor;
  };
  nonzeroNumpy: {
    (self: Tensor): Tensor[];
  };
  nonzeroStatic: {
    (self: Tensor, options: { size: number; fillValue?: number; out?: Tensor }): Tensor;
  };
  normExceptDim: {
    (v: Tensor, options?: { pow?: number; dim?: number }): Tensor;
    (v: Tensor, pow?: number, dim?: number): Tensor;
  };
  normal: {
    (mean: Tensor, std: Tensor, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (mean: Tensor, options?: { std?: number; generator?: Generator | null; out?: Tensor }): Tensor;
    (mean: Tensor, std?: number, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (mean: number, std: Tensor, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (mean: number, std: number, size: readonly number[], options?: { generator?: Generator | null; dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  normal_: {
    (self: Tensor, options?: { mean?: number; std?: number; generator?: Generator | null }): Tensor;
    (self: Tensor, mean?: number, std?: number, options?: { generator?: Generator | null }): Tensor;
  };
  normalFunctional: {
    (self: Tensor, options?: { mean?: number; std?: number; generator?: Generator | null }): Tensor;
    (self: Tensor, mean?: number, std?: number, options?: { generator?: Generator | null }): Tensor;
  };
  notEqual: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
  };
  notEqual_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  nuclearNorm: {
    (self: Tensor, options?: { keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[], options?: { keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[], keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  oneHot: {
    (self: Tensor, options?: { numClasses?: number }): Tensor;
    (self: Tensor, numClasses?: number): Tensor;
  };
  orgqr: {
    (self: Tensor, input2: Tensor, options?: { out?: Tensor }): Tensor;
  };
  ormqr: {
    (self: Tensor, input2: Tensor, input3: Tensor, options?: { left?: boolean; transpose?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, input2: Tensor, input3: Tensor, left?: boolean, transpose?: boolean, options?: { out?: Tensor }): Tensor;
  };
  outer: {
    (self: Tensor, vec2: Tensor, options?: { out?: Tensor }): Tensor;
  };
  outputNr: {
    (self: Tensor): number;
  };
  pad: {
    (self: Tensor, pad: readonly number[], options?: { mode?: string; value?: number | null }): Tensor;
    (self: Tensor, pad: readonly number[], mode?: string, value?: number | null): Tensor;
  };
  padSequence: {
    (sequences: readonly Tensor[], options?: { batchFirst?: boolean; paddingValue?: number; paddingSide?: string }): Tensor;
    (sequences: readonly Tensor[], batchFirst?: boolean, paddingValue?: number, paddingSide?: string): Tensor;
  };
  pairwiseDistance: {
    (x1: Tensor, x2: Tensor, options?: { p?: number; eps?: number; keepdim?: boolean }): Tensor;
    (x1: Tensor, x2: Tensor, p?: number, eps?: number, keepdim?: boolean): Tensor;
  };
  pdist: {
    (self: Tensor, options?: { p?: number }): Tensor;
    (self: Tensor, p?: number): Tensor;
  };
  permute: {
    (self: Tensor, dims: readonly number[]): Tensor;
  };
  pinMemory: {
    (self: Tensor, options?: { device?: Device | null }): Tensor;
    (self: Tensor, device?: Device | null): Tensor;
  };
  pinverse: {
    (self: Tensor, options?: { rcond?: number }): Tensor;
    (self: Tensor, rcond?: number): Tensor;
  };
  pixelShuffle: {
    (self: Tensor, upscaleFactor: number, options?: { out?: Tensor }): Tensor;
  };
  pixelUnshuffle: {
    (self: Tensor, downscaleFactor: number, options?: { out?: Tensor }): Tensor;
  };
  poisson: {
    (self: Tensor, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, generator?: Generator | null, options?: { out?: Tensor }): Tensor;
  };
  poissonNllLoss: {
    (input: Tensor, target: Tensor, logInput: boolean, full: boolean, eps: number, reduction: number): Tensor;
  };
  polar: {
    (abs: Tensor, angle: Tensor, options?: { out?: Tensor }): Tensor;
  };
  polygamma: {
    (n: number, self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  polygamma_: {
    (self: Tensor, n: number): Tensor;
  };
  positive: {
    (self: Tensor): Tensor;
  };
  pow: {
    (self: Tensor, exponent: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Numeric, exponent: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, exponent: Numeric, options?: { out?: Tensor }): Tensor;
  };
  pow_: {
    (self: Tensor, exponent: Tensor): Tensor;
    (self: Tensor, exponent: Numeric): Tensor;
  };
  prelu: {
    (self: Tensor, weight: Tensor): Tensor;
  };
  prod: {
    (self: Tensor, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim: number, options?: { keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim: number, keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  promoteTypes: {
    (type1: DType, type2: DType): DType;
  };
  put: {
    (self: Tensor, index: Tensor, source: Tensor, options?: { accumulate?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, index: Tensor, source: Tensor, accumulate?: boolean, options?: { out?: Tensor }): Tensor;
  };
  put_: {
    (self: Tensor, index: Tensor, source: Tensor, options?: { accumulate?: boolean }): Tensor;
    (self: Tensor, index: Tensor, source: Tensor, accumulate?: boolean): Tensor;
  };
  qr: {
    (self: Tensor, options?: { some?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, some?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  quantile: {
    (self: Tensor, q: Tensor, options?: { dim?: number | null; keepdim?: boolean; interpolation?: string; out?: Tensor }): Tensor;
    (self: Tensor, q: Tensor, dim?: number | null, keepdim?: boolean, options?: { interpolation?: string; out?: Tensor }): Tensor;
    (self: Tensor, q: number, options?: { dim?: number | null; keepdim?: boolean; interpolation?: string; out?: Tensor }): Tensor;
    (self: Tensor, q: number, dim?: number | null, keepdim?: boolean, options?: { interpolation?: string; out?: Tensor }): Tensor;
  };
  quantizePerChannel: {
    (self: Tensor, scales: Tensor, zeroPoints: Tensor, axis: number, dtype: DType, options?: { out?: Tensor }): Tensor;
  };
  quantizePerTensor: {
    (self: Tensor, scale: number, zeroPoint: number, dtype: DType, options?: { out?: Tensor }): Tensor;
    (self: Tensor, scale: Tensor, zeroPoint: Tensor, dtype: DType, options?: { out?: Tensor }): Tensor;
    (tensors: readonly Tensor[], scales: Tensor, zeroPoints: Tensor, dtype: DType, options?: { out?: readonly Tensor[] }): Tensor[];
  };
  quantizePerTensorDynamic: {
    (self: Tensor, dtype: DType, reduceRange: boolean, options?: { out?: Tensor }): Tensor;
  };
  rad2deg: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  rad2deg_: {
    (self: Tensor): Tensor;
  };
  randintLike: {
    (self: Tensor, high: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null; memoryFormat?: MemoryFormat | null }): Tensor;
    (self: Tensor, high: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null; memoryFormat?: MemoryFormat | null }): Tensor;
    (self: Tensor, high: Tensor, options: { generator: Generator | null; dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null; memoryFormat?: MemoryFormat | null }): Tensor;
    (self: Tensor, high: number, options: { generator: Generator | null; dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null; memoryFormat?: MemoryFormat | null }): Tensor;
    (self: Tensor, low: number, high: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null; memoryFormat?: MemoryFormat | null }): Tensor;
    (self: Tensor, low: number, high: number, options: { generator: Generator | null; dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null; memoryFormat?: MemoryFormat | null }): Tensor;
  };
  random: {
    (self: Tensor, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, to: number, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, from: number, to: number | null, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
  };
  random_: {
    (self: Tensor, options?: { generator?: Generator | null }): Tensor;
    (self: Tensor, to: number, options?: { generator?: Generator | null }): Tensor;
    (self: Tensor, from: number, to: number | null, options?: { generator?: Generator | null }): Tensor;
  };
  ravel: {
    (self: Tensor): Tensor;
  };
  real: {
    (self: Tensor): Tensor;
  };
  reciprocal: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  reciprocal_: {
    (self: Tensor): Tensor;
  };
  reflectionPad1d: {
    (self: Tensor, padding: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  reflectionPad2d: {
    (self: Tensor, padding: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  reflectionPad3d: {
    (self: Tensor, padding: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  relu: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  relu6: {
    (self: Tensor): Tensor;
  };
  relu6_: {
    (self: Tensor): Tensor;
  };
  relu_: {
    (self: Tensor): Tensor;
  };
  remainder: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
  };
  remainder_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  renorm: {
    (self: Tensor, p: Numeric, dim: number, maxnorm: Numeric, options?: { out?: Tensor }): Tensor;
  };
  renorm_: {
    (self: Tensor, p: Numeric, dim: number, maxnorm: Numeric): Tensor;
  };
  repeat: {
    (self: Tensor, repeats: readonly number[], options?: { out?: Tensor }): Tensor;
  };
  repeatInterleave: {
    (repeats: Tensor, options?: { outputSize?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, repeats: Tensor, options?: { dim?: number | null; outputSize?: number | null }): Tensor;
    (self: Tensor, repeats: Tensor, dim?: number | null, options?: { outputSize?: number | null }): Tensor;
    (self: Tensor, repeats: number, options?: { dim?: number | null; outputSize?: number | null }): Tensor;
    (self: Tensor, repeats: number, dim?: number | null, options?: { outputSize?: number | null }): Tensor;
  };
  replicationPad1d: {
    (self: Tensor, padding: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  replicationPad2d: {
    (self: Tensor, padding: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  replicationPad3d: {
    (self: Tensor, padding: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  requiresGrad_: {
    (self: Tensor, options?: { requiresGrad?: boolean }): Tensor;
    (self: Tensor, requiresGrad?: boolean): Tensor;
  };
  reshape: {
    (self: Tensor, shape: readonly number[]): Tensor;
  };
  reshapeAs: {
    (self: Tensor, other: Tensor): Tensor;
  };
  resize: {
    (self: Tensor, size: readonly number[], options?: { memoryFormat?: MemoryFormat | null; out?: Tensor }): Tensor;
  };
  resize_: {
    (self: Tensor, size: readonly number[], options?: { memoryFormat?: MemoryFormat | null }): Tensor;
  };
  resizeAs: {
    (self: Tensor, theTemplate: Tensor, options?: { memoryFormat?: MemoryFormat | null; out?: Tensor }): Tensor;
  };
  resizeAs_: {
    (self: Tensor, theTemplate: Tensor, options?: { memoryFormat?: MemoryFormat | null }): Tensor;
  };
  resizeAsSparse: {
    (self: Tensor, theTemplate: Tensor, options?: { out?: Tensor }): Tensor;
  };
  resizeAsSparse_: {
    (self: Tensor, theTemplate: Tensor): Tensor;
  };
  resolveConj: {
    (self: Tensor): Tensor;
  };
  resolveNeg: {
    (self: Tensor): Tensor;
  };
  resultType: {
    (tensor: Tensor, other: Tensor): DType;
    (tensor: Tensor, other: Numeric): DType;
    (scalar: Numeric, tensor: Tensor): DType;
  };
  retainGrad: {
    (self: Tensor): void;
  };
  retainsGrad: {
    (self: Tensor): boolean;
  };
  rmsNorm: {
    (input: Tensor, normalizedShape: readonly number[], options?: { weight?: Tensor | null; eps?: number | null }): Tensor;
    (input: Tensor, normalizedShape: readonly number[], weight?: Tensor | null, eps?: number | null): Tensor;
  };
  rnnRelu: {
    (data: Tensor, batchSizes: Tensor, hx: Tensor, params: readonly Tensor[], hasBiases: boolean, numLayers: number, dropout: number, train: boolean, bidirectional: boolean): [Tensor, Tensor];
    (input: Tensor, hx: Tensor, params: readonly Tensor[], hasBiases: boolean, numLayers: number, dropout: number, train: boolean, bidirectional: boolean, batchFirst: boolean): [Tensor, Tensor];
  };
  rnnReluCell: {
    (input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, options?: { bIh?: Tensor | null; bHh?: Tensor | null }): Tensor;
    (input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, bIh?: Tensor | null, bHh?: Tensor | null): Tensor;
  };
  rnnTanh: {
    (data: Tensor, batchSizes: Tensor, hx: Tensor, params: readonly Tensor[], hasBiases: boolean, numLayers: number, dropout: number, train: boolean, bidirectional: boolean): [Tensor, Tensor];
    (input: Tensor, hx: Tensor, params: readonly Tensor[], hasBiases: boolean, numLayers: number, dropout: number, train: boolean, bidirectional: boolean, batchFirst: boolean): [Tensor, Tensor];
  };
  rnnTanhCell: {
    (input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, options?: { bIh?: Tensor | null; bHh?: Tensor | null }): Tensor;
    (input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, bIh?: Tensor | null, bHh?: Tensor | null): Tensor;
  };
  roll: {
    (self: Tensor, shifts: number | readonly number[], options?: { dims?: number | readonly number[]; out?: Tensor }): Tensor;
    (self: Tensor, shifts: number | readonly number[], dims?: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  rot90: {
    (self: Tensor, options?: { k?: number; dims?: readonly number[]; out?: Tensor }): Tensor;
    (self: Tensor, k?: number, dims?: readonly number[], options?: { out?: Tensor }): Tensor;
  };
  round: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options: { decimals: number; out?: Tensor }): Tensor;
  };
  round_: {
    (self: Tensor): Tensor;
    (self: Tensor, options: { decimals: number }): Tensor;
  };
  rowIndices: {
    (self: Tensor): Tensor;
  };
  rowStack: {
    (tensors: readonly Tensor[], options?: { out?: Tensor }): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  rrelu: {
    (self: Tensor, options?: { lower?: Numeric; upper?: Numeric; training?: boolean; generator?: Generator | null }): Tensor;
    (self: Tensor, lower?: Numeric, upper?: Numeric, training?: boolean, generator?: Generator | null): Tensor;
  };
  rrelu_: {
    (self: Tensor, options?: { lower?: Numeric; upper?: Numeric; training?: boolean; generator?: Generator | null }): Tensor;
    (self: Tensor, lower?: Numeric, upper?: Numeric, training?: boolean, generator?: Generator | null): Tensor;
  };
  rreluWithNoise: {
    (self: Tensor, noise: Tensor, options?: { lower?: Numeric; upper?: Numeric; training?: boolean; generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, noise: Tensor, lower?: Numeric, upper?: Numeric, training?: boolean, generator?: Generator | null, options?: { out?: Tensor }): Tensor;
  };
  rreluWithNoise_: {
    (self: Tensor, noise: Tensor, options?: { lower?: Numeric; upper?: Numeric; training?: boolean; generator?: Generator | null }): Tensor;
    (self: Tensor, noise: Tensor, lower?: Numeric, upper?: Numeric, training?: boolean, generator?: Generator | null): Tensor;
  };
  rreluWithNoiseFunctional: {
    (self: Tensor, noise: Tensor, options?: { lower?: Numeric; upper?: Numeric; training?: boolean; generator?: Generator | null }): [Tensor, Tensor];
    (self: Tensor, noise: Tensor, lower?: Numeric, upper?: Numeric, training?: boolean, generator?: Generator | null): [Tensor, Tensor];
  };
  rsqrt: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  rsqrt_: {
    (self: Tensor): Tensor;
  };
  rsub: {
    (self: Tensor, other: Tensor, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, alpha?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  scaledDotProductAttention: {
    (query: Tensor, key: Tensor, value: Tensor, options?: { attnMask?: Tensor | null; dropoutP?: number; isCausal?: boolean; scale?: number | null; enableGqa?: boolean }): Tensor;
    (query: Tensor, key: Tensor, value: Tensor, attnMask?: Tensor | null, dropoutP?: number, isCausal?: boolean, options?: { scale?: number | null; enableGqa?: boolean }): Tensor;
  };
  scatter: {
    (self: Tensor, dim: number, index: Tensor, src: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, index: Tensor, src: Tensor, options: { reduce: string; out?: Tensor }): Tensor;
    (self: Tensor, dim: number, index: Tensor, value: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Tensor, dim: number, index: Tensor, value: Numeric, options: { reduce: string; out?: Tensor }): Tensor;
  };
  scatter_: {
    (self: Tensor, dim: number, index: Tensor, src: Tensor): Tensor;
    (self: Tensor, dim: number, index: Tensor, src: Tensor, options: { reduce: string }): Tensor;
    (self: Tensor, dim: number, index: Tensor, value: Numeric): Tensor;
    (self: Tensor, dim: number, index: Tensor, value: Numeric, options: { reduce: string }): Tensor;
  };
  scatterAdd: {
    (self: Tensor, dim: number, index: Tensor, src: Tensor, options?: { out?: Tensor }): Tensor;
  };
  scatterAdd_: {
    (self: Tensor, dim: number, index: Tensor, src: Tensor): Tensor;
  };
  scatterReduce: {
    (self: Tensor, dim: number, index: Tensor, src: Tensor, reduce: string, options?: { includeSelf?: boolean; out?: Tensor }): Tensor;
  };
  scatterReduce_: {
    (self: Tensor, dim: number, index: Tensor, src: Tensor, reduce: string, options?: { includeSelf?: boolean }): Tensor;
  };
  searchsorted: {
    (sortedSequence: Tensor, self: Tensor, options?: { outInt32?: boolean; right?: boolean; side?: string | null; sorter?: Tensor | null; out?: Tensor }): Tensor;
    (sortedSequence: Tensor, self: Numeric, options?: { outInt32?: boolean; right?: boolean; side?: string | null; sorter?: Tensor | null; out?: Tensor }): Tensor;
  };
  segmentReduce: {
    (data: Tensor, reduce: string, options?: { lengths?: Tensor | null; indices?: Tensor | null; offsets?: Tensor | null; axis?: number; unsafe?: boolean; initial?: Numeric | null; out?: Tensor }): Tensor;
  };
  select: {
    (self: Tensor, dim: number, index: number): Tensor;
  };
  selectScatter: {
    (self: Tensor, src: Tensor, dim: number, index: number, options?: { out?: Tensor }): Tensor;
  };
  selu: {
    (self: Tensor): Tensor;
  };
  selu_: {
    (self: Tensor): Tensor;
  };
  set: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, source: Tensor, options?: { out?: Tensor }): Tensor;
  };
  set_: {
    (self: Tensor): Tensor;
    (self: Tensor, source: Tensor): Tensor;
    (self: Tensor, source: Tensor, storageOffset: number, size: readonly number[], options?: { stride?: readonly number[] }): Tensor;
    (self: Tensor, source: Tensor, storageOffset: number, size: readonly number[], stride?: readonly number[]): Tensor;
  };
  sgn: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  sgn_: {
    (self: Tensor): Tensor;
  };
  sigmoid: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  sigmoid_: {
    (self: Tensor): Tensor;
  };
  sign: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  sign_: {
    (self: Tensor): Tensor;
  };
  signbit: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  silu: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  silu_: {
    (self: Tensor): Tensor;
  };
  sin: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  sin_: {
    (self: Tensor): Tensor;
  };
  sinc: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  sinc_: {
    (self: Tensor): Tensor;
  };
  sinh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  sinh_: {
    (self: Tensor): Tensor;
  };
  sliceInverse: {
    (self: Tensor, src: Tensor, options?: { dim?: number; start?: number | null; end?: number | null; step?: number }): Tensor;
    (self: Tensor, src: Tensor, dim?: number, start?: number | null, end?: number | null, step?: number): Tensor;
  };
  sliceScatter: {
    (self: Tensor, src: Tensor, options?: { dim?: number; start?: number | null; end?: number | null; step?: number; out?: Tensor }): Tensor;
    (self: Tensor, src: Tensor, dim?: number, start?: number | null, end?: number | null, step?: number, options?: { out?: Tensor }): Tensor;
  };
  slogdet: {
    (self: Tensor, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  slowConv3d: {
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; out?: Tensor }): Tensor;
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  slowConv3dForward: {
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], bias: Tensor | null, stride: number | readonly number[], padding: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  slowConvDilated2d: {
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; out?: Tensor }): Tensor;
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  slowConvDilated3d: {
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; dilation?: number | readonly number[]; out?: Tensor }): Tensor;
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], dilation?: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  slowConvTranspose2d: {
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; outputPadding?: number | readonly number[]; dilation?: number | readonly number[]; out?: Tensor }): Tensor;
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], outputPadding?: number | readonly number[], dilation?: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  slowConvTranspose3d: {
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; outputPadding?: number | readonly number[]; dilation?: number | readonly number[]; out?: Tensor }): Tensor;
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], outputPadding?: number | readonly number[], dilation?: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  smm: {
    (self: Tensor, mat2: Tensor): Tensor;
  };
  smoothL1Loss: {
    (self: Tensor, target: Tensor, options?: { reduction?: number; beta?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, reduction?: number, beta?: number, options?: { out?: Tensor }): Tensor;
  };
  softMarginLoss: {
    (self: Tensor, target: Tensor, options?: { reduction?: number; out?: Tensor }): Tensor;
    (self: Tensor, target: Tensor, reduction?: number, options?: { out?: Tensor }): Tensor;
  };
  softmax: {
    (self: Tensor, dim: number, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim: number, dtype?: DType | null, options?: { out?: Tensor }): Tensor;
  };
  softplus: {
    (self: Tensor, options?: { beta?: Numeric; threshold?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, beta?: Numeric, threshold?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  softshrink: {
    (self: Tensor, options?: { lambd?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor, lambd?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  sort: {
    (self: Tensor, options?: { dim?: number; descending?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, dim?: number, descending?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, options: { stable: boolean | null; dim?: number; descending?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  sparseCompressedTensor: {
    (compressedIndices: Tensor, plainIndices: Tensor, values: Tensor, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (compressedIndices: Tensor, plainIndices: Tensor, values: Tensor, size: readonly number[], options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  sparseDim: {
    (self: Tensor): number;
  };
  sparseMask: {
    (self: Tensor, mask: Tensor, options?: { out?: Tensor }): Tensor;
  };
  sparseResize: {
    (self: Tensor, size: readonly number[], sparseDim: number, denseDim: number, options?: { out?: Tensor }): Tensor;
  };
  sparseResize_: {
    (self: Tensor, size: readonly number[], sparseDim: number, denseDim: number): Tensor;
  };
  sparseResizeAndClear: {
    (self: Tensor, size: readonly number[], sparseDim: number, denseDim: number, options?: { out?: Tensor }): Tensor;
  };
  sparseResizeAndClear_: {
    (self: Tensor, size: readonly number[], sparseDim: number, denseDim: number): Tensor;
  };
  sparseSampledAddmm: {
    (self: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Numeric; alpha?: Numeric; out?: Tensor }): Tensor;
  };
  specialAiryAi: {
    (x: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialBesselJ0: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialBesselJ1: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialBesselY0: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialBesselY1: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialChebyshevPolynomialT: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialChebyshevPolynomialU: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialChebyshevPolynomialV: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialChebyshevPolynomialW: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialDigamma: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialEntr: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialErf: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialErfc: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialErfcx: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialErfinv: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialExp2: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialExpit: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialExpm1: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialGammainc: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialGammaincc: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialGammaln: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialHermitePolynomialH: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialHermitePolynomialHe: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialI0: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialI0e: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialI1: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialI1e: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialLaguerrePolynomialL: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialLegendrePolynomialP: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialLog1p: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialLogNdtr: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialLogSoftmax: {
    (self: Tensor, dim: number, options?: { dtype?: DType | null }): Tensor;
  };
  specialLogit: {
    (self: Tensor, options?: { eps?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, eps?: number | null, options?: { out?: Tensor }): Tensor;
  };
  specialLogsumexp: {
    (self: Tensor, dim: number | readonly number[], options?: { keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[], keepdim?: boolean, options?: { out?: Tensor }): Tensor;
  };
  specialModifiedBesselI0: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialModifiedBesselI1: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialModifiedBesselK0: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialModifiedBesselK1: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialMultigammaln: {
    (self: Tensor, p: number, options?: { out?: Tensor }): Tensor;
  };
  specialNdtr: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialNdtri: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialPolygamma: {
    (n: number, self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialPsi: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialRound: {
    (self: Tensor, options?: { decimals?: number; out?: Tensor }): Tensor;
  };
  specialScaledModifiedBesselK0: {
    (x: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialScaledModifiedBesselK1: {
    (x: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialShiftedChebyshevPolynomialT: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialShiftedChebyshevPolynomialU: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialShiftedChebyshevPolynomialV: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialShiftedChebyshevPolynomialW: {
    (x: Tensor, n: Tensor, options?: { out?: Tensor }): Tensor;
    (x: Tensor, n: Numeric, options?: { out?: Tensor }): Tensor;
    (x: Numeric, n: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialSinc: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialSoftmax: {
    (self: Tensor, dim: number, options?: { dtype?: DType | null }): Tensor;
    (self: Tensor, dim: number, dtype?: DType | null): Tensor;
  };
  specialSphericalBesselJ0: {
    (x: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialXlog1py: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialXlogy: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  specialZeta: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  split: {
    (self: Tensor, splitSize: number, options?: { dim?: number }): Tensor[];
    (self: Tensor, splitSize: number, dim?: number): Tensor[];
    (self: Tensor, splitSize: readonly number[], options?: { dim?: number }): Tensor[];
    (self: Tensor, splitSize: readonly number[], dim?: number): Tensor[];
  };
  splitWithSizes: {
    (self: Tensor, splitSizes: readonly number[], options?: { dim?: number }): Tensor[];
    (self: Tensor, splitSizes: readonly number[], dim?: number): Tensor[];
  };
  sqrt: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  sqrt_: {
    (self: Tensor): Tensor;
  };
  square: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  square_: {
    (self: Tensor): Tensor;
  };
  squeeze: {
    (self: Tensor): Tensor;
    (self: Tensor, dim: number): Tensor;
    (self: Tensor, dim: readonly number[]): Tensor;
  };
  squeeze_: {
    (self: Tensor): Tensor;
    (self: Tensor, dim: number): Tensor;
    (self: Tensor, dim: readonly number[]): Tensor;
  };
  stack: {
    (tensors: readonly Tensor[], options?: { dim?: number; out?: Tensor }): Tensor;
    (tensors: readonly Tensor[], dim?: number, options?: { out?: Tensor }): Tensor;
  };
  std: {
    (self: Tensor, options?: { unbiased?: boolean }): Tensor;
    (self: Tensor, unbiased?: boolean): Tensor;
    (self: Tensor, dim: number | readonly number[] | null, options?: { unbiased?: boolean; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[] | null, unbiased?: boolean, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { dim?: number | readonly number[] | null; correction?: Numeric | null; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | readonly number[] | null, options?: { correction?: Numeric | null; keepdim?: boolean; out?: Tensor }): Tensor;
  };
  stdMean: {
    (self: Tensor, options?: { unbiased?: boolean }): [Tensor, Tensor];
    (self: Tensor, unbiased?: boolean): [Tensor, Tensor];
    (self: Tensor, dim: number | readonly number[] | null, options?: { unbiased?: boolean; keepdim?: boolean }): [Tensor, Tensor];
    (self: Tensor, dim: number | readonly number[] | null, unbiased?: boolean, keepdim?: boolean): [Tensor, Tensor];
    (self: Tensor, options?: { dim?: number | readonly number[] | null; correction?: Numeric | null; keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, dim?: number | readonly number[] | null, options?: { correction?: Numeric | null; keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  storageOffset: {
    (self: Tensor): number;
  };
  sub: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, alpha?: Numeric, options?: { out?: Tensor }): Tensor;
  };
  sub_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { alpha?: Numeric }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { alpha?: Numeric }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, alpha?: Numeric): Tensor;
  };
  subtract: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { alpha?: Numeric; out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { alpha?: Numeric }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, alpha?: Numeric): Tensor;
  };
  subtract_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { alpha?: Numeric }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, options?: { alpha?: Numeric }): Tensor;
    (self: Tensor | number | boolean, other: Numeric, alpha?: Numeric): Tensor;
  };
  sum: {
    (self: Tensor, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[] | null, options?: { keepdim?: boolean; dtype?: DType | null; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[] | null, keepdim?: boolean, options?: { dtype?: DType | null; out?: Tensor }): Tensor;
  };
  sumToSize: {
    (self: Tensor, size: readonly number[]): Tensor;
  };
  svd: {
    (self: Tensor, options?: { some?: boolean; computeUv?: boolean; out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
    (self: Tensor, some?: boolean, computeUv?: boolean, options?: { out?: readonly [Tensor, Tensor, Tensor] }): [Tensor, Tensor, Tensor];
  };
  swapaxes: {
    (self: Tensor, axis0: number, axis1: number): Tensor;
  };
  swapaxes_: {
    (self: Tensor, axis0: number, axis1: number): Tensor;
  };
  swapdims: {
    (self: Tensor, dim0: number, dim1: number): Tensor;
  };
  swapdims_: {
    (self: Tensor, dim0: number, dim1: number): Tensor;
  };
  t: {
    (self: Tensor): Tensor;
  };
  t_: {
    (self: Tensor): Tensor;
  };
  take: {
    (self: Tensor, index: Tensor, options?: { out?: Tensor }): Tensor;
  };
  takeAlongDim: {
    (self: Tensor, indices: Tensor, options?: { dim?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, indices: Tensor, dim?: number | null, options?: { out?: Tensor }): Tensor;
  };
  tan: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  tan_: {
    (self: Tensor): Tensor;
  };
  tanh: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  tanh_: {
    (self: Tensor): Tensor;
  };
  tensorSplit: {
    (self: Tensor, indices: readonly number[], options?: { dim?: number }): Tensor[];
    (self: Tensor, indices: readonly number[], dim?: number): Tensor[];
    (self: Tensor, sections: number, options?: { dim?: number }): Tensor[];
    (self: Tensor, sections: number, dim?: number): Tensor[];
    (self: Tensor, tensorIndicesOrSections: Tensor, options?: { dim?: number }): Tensor[];
    (self: Tensor, tensorIndicesOrSections: Tensor, dim?: number): Tensor[];
  };
  thnnConv2d: {
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], options?: { bias?: Tensor | null; stride?: number | readonly number[]; padding?: number | readonly number[]; out?: Tensor }): Tensor;
    (self: Tensor, weight: Tensor, kernelSize: number | readonly number[], bias?: Tensor | null, stride?: number | readonly number[], padding?: number | readonly number[], options?: { out?: Tensor }): Tensor;
  };
  threshold: {
    (self: Tensor, threshold: Numeric, value: Numeric, options?: { out?: Tensor }): Tensor;
  };
  threshold_: {
    (self: Tensor, threshold: Numeric, value: Numeric): Tensor;
  };
  tile: {
    (self: Tensor, dims: readonly number[]): Tensor;
  };
  toDense: {
    (self: Tensor, options?: { dtype?: DType | null; maskedGrad?: boolean | null }): Tensor;
    (self: Tensor, dtype?: DType | null, options?: { maskedGrad?: boolean | null }): Tensor;
  };
  toPaddedTensor: {
    (self: Tensor, padding: number, options?: { outputSize?: readonly number[] | null; out?: Tensor }): Tensor;
    (self: Tensor, padding: number, outputSize?: readonly number[] | null, options?: { out?: Tensor }): Tensor;
  };
  toSparse: {
    (self: Tensor, sparseDim: number): Tensor;
    (self: Tensor, options?: { layout?: Layout | null; blocksize?: number | readonly number[] | null; denseDim?: number | null }): Tensor;
  };
  toSparseBsc: {
    (self: Tensor, blocksize: number | readonly number[], options?: { denseDim?: number | null }): Tensor;
    (self: Tensor, blocksize: number | readonly number[], denseDim?: number | null): Tensor;
  };
  toSparseBsr: {
    (self: Tensor, blocksize: number | readonly number[], options?: { denseDim?: number | null }): Tensor;
    (self: Tensor, blocksize: number | readonly number[], denseDim?: number | null): Tensor;
  };
  toSparseCsc: {
    (self: Tensor, options?: { denseDim?: number | null }): Tensor;
    (self: Tensor, denseDim?: number | null): Tensor;
  };
  toSparseCsr: {
    (self: Tensor, options?: { denseDim?: number | null }): Tensor;
    (self: Tensor, denseDim?: number | null): Tensor;
  };
  topk: {
    (self: Tensor, k: number, options?: { dim?: number; largest?: boolean; sorted?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, k: number, dim?: number, largest?: boolean, sorted?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  trace: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  transpose: {
    (self: Tensor, dim0: number, dim1: number): Tensor;
  };
  transpose_: {
    (self: Tensor, dim0: number, dim1: number): Tensor;
  };
  trapezoid: {
    (y: Tensor, x: Tensor, options?: { dim?: number }): Tensor;
    (y: Tensor, options?: { dx?: Numeric; dim?: number }): Tensor;
  };
  trapz: {
    (y: Tensor, options?: { dx?: number; dim?: number }): Tensor;
    (y: Tensor, x: Tensor, options?: { dim?: number }): Tensor;
  };
  triangularSolve: {
    (self: Tensor, A: Tensor, options?: { upper?: boolean; transpose?: boolean; unitriangular?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, A: Tensor, upper?: boolean, transpose?: boolean, unitriangular?: boolean, options?: { out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  tril: {
    (self: Tensor, options?: { diagonal?: number; out?: Tensor }): Tensor;
    (self: Tensor, diagonal?: number, options?: { out?: Tensor }): Tensor;
  };
  tril_: {
    (self: Tensor, options?: { diagonal?: number }): Tensor;
    (self: Tensor, diagonal?: number): Tensor;
  };
  trilIndices: {
    (row: number, col: number, options?: { offset?: number; dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (row: number, col: number, offset?: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  tripletMarginLoss: {
    (anchor: Tensor, positive: Tensor, negative: Tensor, options?: { margin?: number; p?: number; eps?: number; swap?: boolean; reduction?: number }): Tensor;
    (anchor: Tensor, positive: Tensor, negative: Tensor, margin?: number, p?: number, eps?: number, swap?: boolean, reduction?: number): Tensor;
  };
  triu: {
    (self: Tensor, options?: { diagonal?: number; out?: Tensor }): Tensor;
    (self: Tensor, diagonal?: number, options?: { out?: Tensor }): Tensor;
  };
  triu_: {
    (self: Tensor, options?: { diagonal?: number }): Tensor;
    (self: Tensor, diagonal?: number): Tensor;
  };
  triuIndices: {
    (row: number, col: number, options?: { offset?: number; dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
    (row: number, col: number, offset?: number, options?: { dtype?: DType | null; layout?: Layout | null; device?: Device | null; pinMemory?: boolean | null }): Tensor;
  };
  trueDivide: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
  };
  trueDivide_: {
    (self: Tensor | number | boolean, other: Tensor | number | boolean): Tensor;
    (self: Tensor | number | boolean, other: Numeric): Tensor;
  };
  trunc: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  trunc_: {
    (self: Tensor): Tensor;
  };
  typeAs: {
    (self: Tensor, other: Tensor): Tensor;
  };
  unbind: {
    (self: Tensor, options?: { dim?: number }): Tensor[];
    (self: Tensor, dim?: number): Tensor[];
  };
  unflatten: {
    (self: Tensor, dim: number, sizes: readonly number[]): Tensor;
  };
  unflattenDenseTensors: {
    (flat: Tensor, tensors: readonly Tensor[]): Tensor[];
    (flat: Tensor, ...tensors: Tensor[]): Tensor[];
  };
  unfold: {
    (self: Tensor, dimension: number, size: number, step: number): Tensor;
  };
  uniform: {
    (self: Tensor, options?: { from?: number; to?: number; generator?: Generator | null; out?: Tensor }): Tensor;
    (self: Tensor, from?: number, to?: number, options?: { generator?: Generator | null; out?: Tensor }): Tensor;
  };
  uniform_: {
    (self: Tensor, options?: { from?: number; to?: number; generator?: Generator | null }): Tensor;
    (self: Tensor, from?: number, to?: number, options?: { generator?: Generator | null }): Tensor;
  };
  unsafeChunk: {
    (self: Tensor, chunks: number, options?: { dim?: number }): Tensor[];
    (self: Tensor, chunks: number, dim?: number): Tensor[];
  };
  unsafeSplit: {
    (self: Tensor, splitSize: number, options?: { dim?: number; out?: readonly Tensor[] }): Tensor[];
    (self: Tensor, splitSize: number, dim?: number, options?: { out?: readonly Tensor[] }): Tensor[];
  };
  unsafeSplitWithSizes: {
    (self: Tensor, splitSizes: readonly number[], options?: { dim?: number; out?: readonly Tensor[] }): Tensor[];
    (self: Tensor, splitSizes: readonly number[], dim?: number, options?: { out?: readonly Tensor[] }): Tensor[];
  };
  unsqueeze: {
    (self: Tensor, dim: number): Tensor;
  };
  unsqueeze_: {
    (self: Tensor, dim: number): Tensor;
  };
  upsampleBicubic2d: {
    (input: Tensor, outputSize: readonly number[] | null, alignCorners: boolean, scaleFactors: readonly number[] | null): Tensor;
    (self: Tensor, outputSize: number | readonly number[], alignCorners: boolean, options?: { scalesH?: number | null; scalesW?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], alignCorners: boolean, scalesH?: number | null, scalesW?: number | null, options?: { out?: Tensor }): Tensor;
  };
  upsampleBilinear2d: {
    (input: Tensor, outputSize: readonly number[] | null, alignCorners: boolean, scaleFactors: readonly number[] | null, options?: { out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], alignCorners: boolean, options?: { scalesH?: number | null; scalesW?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], alignCorners: boolean, scalesH?: number | null, scalesW?: number | null, options?: { out?: Tensor }): Tensor;
  };
  upsampleLinear1d: {
    (self: Tensor, outputSize: number | readonly number[], alignCorners: boolean, options?: { scales?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], alignCorners: boolean, scales?: number | null, options?: { out?: Tensor }): Tensor;
    (input: Tensor, outputSize: readonly number[] | null, alignCorners: boolean, scaleFactors: readonly number[] | null): Tensor;
  };
  upsampleNearest1d: {
    (self: Tensor, outputSize: number | readonly number[], options?: { scales?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], scales?: number | null, options?: { out?: Tensor }): Tensor;
    (input: Tensor, outputSize: readonly number[] | null, scaleFactors: readonly number[] | null): Tensor;
  };
  upsampleNearest2d: {
    (input: Tensor, outputSize: readonly number[] | null, scaleFactors: readonly number[] | null, options?: { out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], options?: { scalesH?: number | null; scalesW?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], scalesH?: number | null, scalesW?: number | null, options?: { out?: Tensor }): Tensor;
  };
  upsampleNearest3d: {
    (input: Tensor, outputSize: readonly number[] | null, scaleFactors: readonly number[] | null): Tensor;
    (self: Tensor, outputSize: number | readonly number[], options?: { scalesD?: number | null; scalesH?: number | null; scalesW?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], scalesD?: number | null, scalesH?: number | null, scalesW?: number | null, options?: { out?: Tensor }): Tensor;
  };
  upsampleTrilinear3d: {
    (input: Tensor, outputSize: readonly number[] | null, alignCorners: boolean, scaleFactors: readonly number[] | null): Tensor;
    (self: Tensor, outputSize: number | readonly number[], alignCorners: boolean, options?: { scalesD?: number | null; scalesH?: number | null; scalesW?: number | null; out?: Tensor }): Tensor;
    (self: Tensor, outputSize: number | readonly number[], alignCorners: boolean, scalesD?: number | null, scalesH?: number | null, scalesW?: number | null, options?: { out?: Tensor }): Tensor;
  };
  values: {
    (self: Tensor): Tensor;
  };
  vander: {
    (x: Tensor, options?: { N?: number | null; increasing?: boolean }): Tensor;
    (x: Tensor, N?: number | null, increasing?: boolean): Tensor;
  };
  var: {
    (self: Tensor, options?: { unbiased?: boolean }): Tensor;
    (self: Tensor, unbiased?: boolean): Tensor;
    (self: Tensor, dim: number | readonly number[] | null, options?: { unbiased?: boolean; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim: number | readonly number[] | null, unbiased?: boolean, keepdim?: boolean, options?: { out?: Tensor }): Tensor;
    (self: Tensor, options?: { dim?: number | readonly number[] | null; correction?: Numeric | null; keepdim?: boolean; out?: Tensor }): Tensor;
    (self: Tensor, dim?: number | readonly number[] | null, options?: { correction?: Numeric | null; keepdim?: boolean; out?: Tensor }): Tensor;
  };
  varMean: {
    (self: Tensor, options?: { unbiased?: boolean }): [Tensor, Tensor];
    (self: Tensor, unbiased?: boolean): [Tensor, Tensor];
    (self: Tensor, dim: number | readonly number[] | null, options?: { unbiased?: boolean; keepdim?: boolean }): [Tensor, Tensor];
    (self: Tensor, dim: number | readonly number[] | null, unbiased?: boolean, keepdim?: boolean): [Tensor, Tensor];
    (self: Tensor, options?: { dim?: number | readonly number[] | null; correction?: Numeric | null; keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
    (self: Tensor, dim?: number | readonly number[] | null, options?: { correction?: Numeric | null; keepdim?: boolean; out?: readonly [Tensor, Tensor] }): [Tensor, Tensor];
  };
  vdot: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  view: {
    (self: Tensor, size: readonly number[]): Tensor;
    (self: Tensor, dtype: DType): Tensor;
  };
  viewAs: {
    (self: Tensor, other: Tensor): Tensor;
  };
  viewAsComplex: {
    (self: Tensor): Tensor;
  };
  viewAsReal: {
    (self: Tensor): Tensor;
  };
  vsplit: {
    (self: Tensor, indices: readonly number[]): Tensor[];
    (self: Tensor, sections: number): Tensor[];
  };
  vstack: {
    (tensors: readonly Tensor[], options?: { out?: Tensor }): Tensor;
    (...tensors: Tensor[]): Tensor;
  };
  where: {
    (condition: Tensor): Tensor[];
    (condition: Tensor, self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (condition: Tensor, self: Tensor, other: Numeric): Tensor;
    (condition: Tensor, self: Numeric, other: Tensor): Tensor;
    (condition: Tensor, self: Numeric, other: Numeric): Tensor;
  };
  xlogy: {
    (self: Tensor, other: Tensor, options?: { out?: Tensor }): Tensor;
    (self: Tensor, other: Numeric, options?: { out?: Tensor }): Tensor;
    (self: Numeric, other: Tensor, options?: { out?: Tensor }): Tensor;
  };
  xlogy_: {
    (self: Tensor, other: Tensor): Tensor;
    (self: Tensor, other: Numeric): Tensor;
  };
  zero: {
    (self: Tensor, options?: { out?: Tensor }): Tensor;
  };
  zero_: {
    (self: Tensor): Tensor;
  };
}

const surface = installSurface<TensorFunctions>(OVERLOADS);

/** `aten::abs(Tensor self) -> Tensor` */
export const abs: TensorFunctions['abs'] = surface.abs;
/** `aten::abs_(Tensor(a!) self) -> Tensor(a!)` */
export const abs_: TensorFunctions['abs_'] = surface.abs_;
/** `aten::absolute(Tensor self) -> Tensor` */
export const absolute: TensorFunctions['absolute'] = surface.absolute;
/** `aten::absolute_(Tensor(a!) self) -> Tensor(a!)` */
export const absolute_: TensorFunctions['absolute_'] = surface.absolute_;
/** `aten::acos(Tensor self) -> Tensor` */
export const acos: TensorFunctions['acos'] = surface.acos;
/** `aten::acos_(Tensor(a!) self) -> Tensor(a!)` */
export const acos_: TensorFunctions['acos_'] = surface.acos_;
/** `aten::acosh(Tensor self) -> Tensor` */
export const acosh: TensorFunctions['acosh'] = surface.acosh;
/** `aten::acosh_(Tensor(a!) self) -> Tensor(a!)` */
export const acosh_: TensorFunctions['acosh_'] = surface.acosh_;
/** `aten::adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor` */
export const adaptiveAvgPool1d: TensorFunctions['adaptiveAvgPool1d'] = surface.adaptiveAvgPool1d;
/** `aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor` */
export const adaptiveAvgPool2d: TensorFunctions['adaptiveAvgPool2d'] = surface.adaptiveAvgPool2d;
/** `aten::adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor` */
export const adaptiveAvgPool3d: TensorFunctions['adaptiveAvgPool3d'] = surface.adaptiveAvgPool3d;
/** `aten::adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)` */
export const adaptiveMaxPool1d: TensorFunctions['adaptiveMaxPool1d'] = surface.adaptiveMaxPool1d;
/** `aten::adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)` */
export const adaptiveMaxPool2d: TensorFunctions['adaptiveMaxPool2d'] = surface.adaptiveMaxPool2d;
/** `aten::adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)` */
export const adaptiveMaxPool3d: TensorFunctions['adaptiveMaxPool3d'] = surface.adaptiveMaxPool3d;
/**
 * - `aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
 * - `aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
 */
export const add: TensorFunctions['add'] = surface.add;
/**
 * - `aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
 * - `aten::add_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
 */
export const add_: TensorFunctions['add_'] = surface.add_;
/** `aten::addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor` */
export const addbmm: TensorFunctions['addbmm'] = surface.addbmm;
/** `aten::addbmm_(Tensor(a!) self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)` */
export const addbmm_: TensorFunctions['addbmm_'] = surface.addbmm_;
/** `aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor` */
export const addcdiv: TensorFunctions['addcdiv'] = surface.addcdiv;
/** `aten::addcdiv_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)` */
export const addcdiv_: TensorFunctions['addcdiv_'] = surface.addcdiv_;
/** `aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor` */
export const addcmul: TensorFunctions['addcmul'] = surface.addcmul;
/** `aten::addcmul_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)` */
export const addcmul_: TensorFunctions['addcmul_'] = surface.addcmul_;
/**
 * - `aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
 * - `aten::addmm.dtype(Tensor self, Tensor mat1, Tensor mat2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
 */
export const addmm: TensorFunctions['addmm'] = surface.addmm;
/** `aten::addmm_(Tensor(a!) self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)` */
export const addmm_: TensorFunctions['addmm_'] = surface.addmm_;
/** `aten::addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor` */
export const addmv: TensorFunctions['addmv'] = surface.addmv;
/** `aten::addmv_(Tensor(a!) self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)` */
export const addmv_: TensorFunctions['addmv_'] = surface.addmv_;
/** `aten::addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor` */
export const addr: TensorFunctions['addr'] = surface.addr;
/** `aten::addr_(Tensor(a!) self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)` */
export const addr_: TensorFunctions['addr_'] = surface.addr_;
/** `aten::adjoint(Tensor(a) self) -> Tensor(a)` */
export const adjoint: TensorFunctions['adjoint'] = surface.adjoint;
/** `aten::affine_grid_generator(Tensor theta, SymInt[] size, bool align_corners) -> Tensor` */
export const affineGridGenerator: TensorFunctions['affineGridGenerator'] = surface.affineGridGenerator;
/** `aten::alias(Tensor(a) self) -> Tensor(a)` */
export const alias: TensorFunctions['alias'] = surface.alias;
/**
 * - `aten::all(Tensor self) -> Tensor`
 * - `aten::all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor`
 * - `aten::all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor`
 */
export const all: TensorFunctions['all'] = surface.all;
/** `aten::allclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> bool` */
export const allclose: TensorFunctions['allclose'] = surface.allclose;
/** `aten::alpha_dropout(Tensor input, float p, bool train) -> Tensor` */
export const alphaDropout: TensorFunctions['alphaDropout'] = surface.alphaDropout;
/** `aten::alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)` */
export const alphaDropout_: TensorFunctions['alphaDropout_'] = surface.alphaDropout_;
/** `aten::amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor` */
export const amax: TensorFunctions['amax'] = surface.amax;
/** `aten::amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor` */
export const amin: TensorFunctions['amin'] = surface.amin;
/** `aten::aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)` */
export const aminmax: TensorFunctions['aminmax'] = surface.aminmax;
/** `aten::angle(Tensor self) -> Tensor` */
export const angle: TensorFunctions['angle'] = surface.angle;
/**
 * - `aten::any(Tensor self) -> Tensor`
 * - `aten::any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor`
 * - `aten::any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor`
 */
export const any: TensorFunctions['any'] = surface.any;
/** `aten::arccos(Tensor self) -> Tensor` */
export const arccos: TensorFunctions['arccos'] = surface.arccos;
/** `aten::arccos_(Tensor(a!) self) -> Tensor(a!)` */
export const arccos_: TensorFunctions['arccos_'] = surface.arccos_;
/** `aten::arccosh(Tensor self) -> Tensor` */
export const arccosh: TensorFunctions['arccosh'] = surface.arccosh;
/** `aten::arccosh_(Tensor(a!) self) -> Tensor(a!)` */
export const arccosh_: TensorFunctions['arccosh_'] = surface.arccosh_;
/** `aten::arcsin(Tensor self) -> Tensor` */
export const arcsin: TensorFunctions['arcsin'] = surface.arcsin;
/** `aten::arcsin_(Tensor(a!) self) -> Tensor(a!)` */
export const arcsin_: TensorFunctions['arcsin_'] = surface.arcsin_;
/** `aten::arcsinh(Tensor self) -> Tensor` */
export const arcsinh: TensorFunctions['arcsinh'] = surface.arcsinh;
/** `aten::arcsinh_(Tensor(a!) self) -> Tensor(a!)` */
export const arcsinh_: TensorFunctions['arcsinh_'] = surface.arcsinh_;
/** `aten::arctan(Tensor self) -> Tensor` */
export const arctan: TensorFunctions['arctan'] = surface.arctan;
/** `aten::arctan2(Tensor self, Tensor other) -> Tensor` */
export const arctan2: TensorFunctions['arctan2'] = surface.arctan2;
/** `aten::arctan2_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const arctan2_: TensorFunctions['arctan2_'] = surface.arctan2_;
/** `aten::arctan_(Tensor(a!) self) -> Tensor(a!)` */
export const arctan_: TensorFunctions['arctan_'] = surface.arctan_;
/** `aten::arctanh(Tensor self) -> Tensor` */
export const arctanh: TensorFunctions['arctanh'] = surface.arctanh;
/** `aten::arctanh_(Tensor(a!) self) -> Tensor(a!)` */
export const arctanh_: TensorFunctions['arctanh_'] = surface.arctanh_;
/** `aten::argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor` */
export const argmax: TensorFunctions['argmax'] = surface.argmax;
/** `aten::argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor` */
export const argmin: TensorFunctions['argmin'] = surface.argmin;
/**
 * - `aten::argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor`
 * - `aten::argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor`
 */
export const argsort: TensorFunctions['argsort'] = surface.argsort;
/** `aten::argwhere(Tensor self) -> Tensor` */
export const argwhere: TensorFunctions['argwhere'] = surface.argwhere;
/** `aten::as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)` */
export const asStrided: TensorFunctions['asStrided'] = surface.asStrided;
/** `aten::as_strided_(Tensor(a!) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a!)` */
export const asStrided_: TensorFunctions['asStrided_'] = surface.asStrided_;
/** `aten::as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor` */
export const asStridedScatter: TensorFunctions['asStridedScatter'] = surface.asStridedScatter;
/** `aten::asin(Tensor self) -> Tensor` */
export const asin: TensorFunctions['asin'] = surface.asin;
/** `aten::asin_(Tensor(a!) self) -> Tensor(a!)` */
export const asin_: TensorFunctions['asin_'] = surface.asin_;
/** `aten::asinh(Tensor self) -> Tensor` */
export const asinh: TensorFunctions['asinh'] = surface.asinh;
/** `aten::asinh_(Tensor(a!) self) -> Tensor(a!)` */
export const asinh_: TensorFunctions['asinh_'] = surface.asinh_;
/** `aten::atan(Tensor self) -> Tensor` */
export const atan: TensorFunctions['atan'] = surface.atan;
/** `aten::atan2(Tensor self, Tensor other) -> Tensor` */
export const atan2: TensorFunctions['atan2'] = surface.atan2;
/** `aten::atan2_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const atan2_: TensorFunctions['atan2_'] = surface.atan2_;
/** `aten::atan_(Tensor(a!) self) -> Tensor(a!)` */
export const atan_: TensorFunctions['atan_'] = surface.atan_;
/** `aten::atanh(Tensor self) -> Tensor` */
export const atanh: TensorFunctions['atanh'] = surface.atanh;
/** `aten::atanh_(Tensor(a!) self) -> Tensor(a!)` */
export const atanh_: TensorFunctions['atanh_'] = surface.atanh_;
/**
 * - `aten::atleast_1d(Tensor self) -> Tensor`
 * - `aten::atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]`
 */
export const atleast1d: TensorFunctions['atleast1d'] = surface.atleast1d;
/**
 * - `aten::atleast_2d(Tensor self) -> Tensor`
 * - `aten::atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]`
 */
export const atleast2d: TensorFunctions['atleast2d'] = surface.atleast2d;
/**
 * - `aten::atleast_3d(Tensor self) -> Tensor`
 * - `aten::atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]`
 */
export const atleast3d: TensorFunctions['atleast3d'] = surface.atleast3d;
/** `aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> Tensor` */
export const avgPool1d: TensorFunctions['avgPool1d'] = surface.avgPool1d;
/** `aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor` */
export const avgPool2d: TensorFunctions['avgPool2d'] = surface.avgPool2d;
/** `aten::avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor` */
export const avgPool3d: TensorFunctions['avgPool3d'] = surface.avgPool3d;
/**
 * - `aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
 * - `aten::baddbmm.dtype(Tensor self, Tensor batch1, Tensor batch2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
 */
export const baddbmm: TensorFunctions['baddbmm'] = surface.baddbmm;
/** `aten::baddbmm_(Tensor(a!) self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)` */
export const baddbmm_: TensorFunctions['baddbmm_'] = surface.baddbmm_;
/**
 * - `aten::bartlett_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * - `aten::bartlett_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export const bartlettWindow: TensorFunctions['bartlettWindow'] = surface.bartlettWindow;
/** `aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor` */
export const batchNorm: TensorFunctions['batchNorm'] = surface.batchNorm;
/**
 * - `aten::bernoulli(Tensor self, *, Generator? generator=None) -> Tensor`
 * - `aten::bernoulli.Tensor(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor`
 * - `aten::bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor`
 */
export const bernoulli: TensorFunctions['bernoulli'] = surface.bernoulli;
/**
 * - `aten::bernoulli_.Tensor(Tensor(a!) self, Tensor p, *, Generator? generator=None) -> Tensor(a!)`
 * - `aten::bernoulli_.float(Tensor(a!) self, float p=0.5, *, Generator? generator=None) -> Tensor(a!)`
 */
export const bernoulli_: TensorFunctions['bernoulli_'] = surface.bernoulli_;
/** `aten::bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor` */
export const bilinear: TensorFunctions['bilinear'] = surface.bilinear;
/** `aten::binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> Tensor` */
export const binaryCrossEntropy: TensorFunctions['binaryCrossEntropy'] = surface.binaryCrossEntropy;
/** `aten::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=1) -> Tensor` */
export const binaryCrossEntropyWithLogits: TensorFunctions['binaryCrossEntropyWithLogits'] = surface.binaryCrossEntropyWithLogits;
/** `aten::bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor` */
export const bincount: TensorFunctions['bincount'] = surface.bincount;
/** `aten::binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor` */
export const binomial: TensorFunctions['binomial'] = surface.binomial;
/**
 * - `aten::bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::bitwise_and.Scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::bitwise_and.Scalar_Tensor(Scalar self, Tensor other) -> Tensor`
 */
export const bitwiseAnd: TensorFunctions['bitwiseAnd'] = surface.bitwiseAnd;
/**
 * - `aten::bitwise_and_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::bitwise_and_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const bitwiseAnd_: TensorFunctions['bitwiseAnd_'] = surface.bitwiseAnd_;
/**
 * - `aten::bitwise_left_shift.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::bitwise_left_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor`
 * - `aten::bitwise_left_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const bitwiseLeftShift: TensorFunctions['bitwiseLeftShift'] = surface.bitwiseLeftShift;
/**
 * - `aten::bitwise_left_shift_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::bitwise_left_shift_.Tensor_Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const bitwiseLeftShift_: TensorFunctions['bitwiseLeftShift_'] = surface.bitwiseLeftShift_;
/** `aten::bitwise_not(Tensor self) -> Tensor` */
export const bitwiseNot: TensorFunctions['bitwiseNot'] = surface.bitwiseNot;
/** `aten::bitwise_not_(Tensor(a!) self) -> Tensor(a!)` */
export const bitwiseNot_: TensorFunctions['bitwiseNot_'] = surface.bitwiseNot_;
/**
 * - `aten::bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::bitwise_or.Scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::bitwise_or.Scalar_Tensor(Scalar self, Tensor other) -> Tensor`
 */
export const bitwiseOr: TensorFunctions['bitwiseOr'] = surface.bitwiseOr;
/**
 * - `aten::bitwise_or_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::bitwise_or_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const bitwiseOr_: TensorFunctions['bitwiseOr_'] = surface.bitwiseOr_;
/**
 * - `aten::bitwise_right_shift.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::bitwise_right_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor`
 * - `aten::bitwise_right_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const bitwiseRightShift: TensorFunctions['bitwiseRightShift'] = surface.bitwiseRightShift;
/**
 * - `aten::bitwise_right_shift_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::bitwise_right_shift_.Tensor_Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const bitwiseRightShift_: TensorFunctions['bitwiseRightShift_'] = surface.bitwiseRightShift_;
/**
 * - `aten::bitwise_xor.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::bitwise_xor.Scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::bitwise_xor.Scalar_Tensor(Scalar self, Tensor other) -> Tensor`
 */
export const bitwiseXor: TensorFunctions['bitwiseXor'] = surface.bitwiseXor;
/**
 * - `aten::bitwise_xor_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::bitwise_xor_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const bitwiseXor_: TensorFunctions['bitwiseXor_'] = surface.bitwiseXor_;
/**
 * - `aten::blackman_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * - `aten::blackman_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export const blackmanWindow: TensorFunctions['blackmanWindow'] = surface.blackmanWindow;
/** `aten::block_diag(Tensor[] tensors) -> Tensor` */
export const blockDiag: TensorFunctions['blockDiag'] = surface.blockDiag;
/**
 * - `aten::bmm(Tensor self, Tensor mat2) -> Tensor`
 * - `aten::bmm.dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor`
 */
export const bmm: TensorFunctions['bmm'] = surface.bmm;
/** `aten::broadcast_tensors(Tensor[] tensors) -> Tensor[]` */
export const broadcastTensors: TensorFunctions['broadcastTensors'] = surface.broadcastTensors;
/** `aten::broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)` */
export const broadcastTo: TensorFunctions['broadcastTo'] = surface.broadcastTo;
/**
 * - `aten::bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor`
 * - `aten::bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor`
 */
export const bucketize: TensorFunctions['bucketize'] = surface.bucketize;
/** `aten::can_cast(ScalarType from_, ScalarType to) -> bool` */
export const canCast: TensorFunctions['canCast'] = surface.canCast;
/** `aten::cartesian_prod(Tensor[] tensors) -> Tensor` */
export const cartesianProd: TensorFunctions['cartesianProd'] = surface.cartesianProd;
/** `aten::cat(Tensor[] tensors, int dim=0) -> Tensor` */
export const cat: TensorFunctions['cat'] = surface.cat;
/** `aten::cauchy(Tensor self, float median=0., float sigma=1., *, Generator? generator=None) -> Tensor` */
export const cauchy: TensorFunctions['cauchy'] = surface.cauchy;
/** `aten::cauchy_(Tensor(a!) self, float median=0., float sigma=1., *, Generator? generator=None) -> Tensor(a!)` */
export const cauchy_: TensorFunctions['cauchy_'] = surface.cauchy_;
/** `aten::ccol_indices(Tensor(a) self) -> Tensor(a)` */
export const ccolIndices: TensorFunctions['ccolIndices'] = surface.ccolIndices;
/** `aten::ceil(Tensor self) -> Tensor` */
export const ceil: TensorFunctions['ceil'] = surface.ceil;
/** `aten::ceil_(Tensor(a!) self) -> Tensor(a!)` */
export const ceil_: TensorFunctions['ceil_'] = surface.ceil_;
/** `aten::celu(Tensor self, Scalar alpha=1.) -> Tensor` */
export const celu: TensorFunctions['celu'] = surface.celu;
/** `aten::celu_(Tensor(a!) self, Scalar alpha=1.) -> Tensor(a!)` */
export const celu_: TensorFunctions['celu_'] = surface.celu_;
/** `aten::chain_matmul(Tensor[] matrices) -> Tensor` */
export const chainMatmul: TensorFunctions['chainMatmul'] = surface.chainMatmul;
/** `aten::chalf(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor` */
export const chalf: TensorFunctions['chalf'] = surface.chalf;
/** `aten::channel_shuffle(Tensor self, SymInt groups) -> Tensor` */
export const channelShuffle: TensorFunctions['channelShuffle'] = surface.channelShuffle;
/** `aten::cholesky(Tensor self, bool upper=False) -> Tensor` */
export const cholesky: TensorFunctions['cholesky'] = surface.cholesky;
/** `aten::cholesky_inverse(Tensor self, bool upper=False) -> Tensor` */
export const choleskyInverse: TensorFunctions['choleskyInverse'] = surface.choleskyInverse;
/** `aten::cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor` */
export const choleskySolve: TensorFunctions['choleskySolve'] = surface.choleskySolve;
/** `aten::choose_qparams_optimized(Tensor input, int numel, int n_bins, float ratio, int bit_width) -> (Tensor, Tensor)` */
export const chooseQparamsOptimized: TensorFunctions['chooseQparamsOptimized'] = surface.chooseQparamsOptimized;
/** `aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]` */
export const chunk: TensorFunctions['chunk'] = surface.chunk;
/**
 * - `aten::clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor`
 * - `aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor`
 */
export const clamp: TensorFunctions['clamp'] = surface.clamp;
/**
 * - `aten::clamp_.Tensor(Tensor(a!) self, Tensor? min=None, Tensor? max=None) -> Tensor(a!)`
 * - `aten::clamp_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)`
 */
export const clamp_: TensorFunctions['clamp_'] = surface.clamp_;
/**
 * - `aten::clamp_max.Tensor(Tensor self, Tensor max) -> Tensor`
 * - `aten::clamp_max(Tensor self, Scalar max) -> Tensor`
 */
export const clampMax: TensorFunctions['clampMax'] = surface.clampMax;
/**
 * - `aten::clamp_max_.Tensor(Tensor(a!) self, Tensor max) -> Tensor(a!)`
 * - `aten::clamp_max_(Tensor(a!) self, Scalar max) -> Tensor(a!)`
 */
export const clampMax_: TensorFunctions['clampMax_'] = surface.clampMax_;
/**
 * - `aten::clamp_min.Tensor(Tensor self, Tensor min) -> Tensor`
 * - `aten::clamp_min(Tensor self, Scalar min) -> Tensor`
 */
export const clampMin: TensorFunctions['clampMin'] = surface.clampMin;
/**
 * - `aten::clamp_min_.Tensor(Tensor(a!) self, Tensor min) -> Tensor(a!)`
 * - `aten::clamp_min_(Tensor(a!) self, Scalar min) -> Tensor(a!)`
 */
export const clampMin_: TensorFunctions['clampMin_'] = surface.clampMin_;
/**
 * - `aten::clip.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor`
 * - `aten::clip(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor`
 */
export const clip: TensorFunctions['clip'] = surface.clip;
/**
 * - `aten::clip_.Tensor(Tensor(a!) self, Tensor? min=None, Tensor? max=None) -> Tensor(a!)`
 * - `aten::clip_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)`
 */
export const clip_: TensorFunctions['clip_'] = surface.clip_;
/** `aten::clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor` */
export const clone: TensorFunctions['clone'] = surface.clone;
/** `aten::coalesce(Tensor(a) self) -> Tensor(a)` */
export const coalesce: TensorFunctions['coalesce'] = surface.coalesce;
/** `aten::col2im(Tensor self, SymInt[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor` */
export const col2im: TensorFunctions['col2im'] = surface.col2im;
/** `aten::col_indices(Tensor(a) self) -> Tensor(a)` */
export const colIndices: TensorFunctions['colIndices'] = surface.colIndices;
/** `aten::column_stack(Tensor[] tensors) -> Tensor` */
export const columnStack: TensorFunctions['columnStack'] = surface.columnStack;
/** `aten::combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor` */
export const combinations: TensorFunctions['combinations'] = surface.combinations;
/** `aten::complex(Tensor real, Tensor imag) -> Tensor` */
export const complex: TensorFunctions['complex'] = surface.complex;
/** `aten::concat(Tensor[] tensors, int dim=0) -> Tensor` */
export const concat: TensorFunctions['concat'] = surface.concat;
/** `aten::concatenate(Tensor[] tensors, int dim=0) -> Tensor` */
export const concatenate: TensorFunctions['concatenate'] = surface.concatenate;
/** `aten::conj(Tensor(a) self) -> Tensor(a)` */
export const conj: TensorFunctions['conj'] = surface.conj;
/** `aten::conj_physical(Tensor self) -> Tensor` */
export const conjPhysical: TensorFunctions['conjPhysical'] = surface.conjPhysical;
/** `aten::conj_physical_(Tensor(a!) self) -> Tensor(a!)` */
export const conjPhysical_: TensorFunctions['conjPhysical_'] = surface.conjPhysical_;
/** `aten::constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor` */
export const constantPadNd: TensorFunctions['constantPadNd'] = surface.constantPadNd;
/** `aten::contiguous(Tensor(a) self, *, MemoryFormat memory_format=0) -> Tensor(a)` */
export const contiguous: TensorFunctions['contiguous'] = surface.contiguous;
/**
 * - `aten::conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] dilation=[1], SymInt groups=1) -> Tensor`
 * - `aten::conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], str padding="valid", SymInt[1] dilation=[1], SymInt groups=1) -> Tensor`
 */
export const conv1d: TensorFunctions['conv1d'] = surface.conv1d;
/**
 * - `aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor`
 * - `aten::conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], str padding="valid", SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor`
 */
export const conv2d: TensorFunctions['conv2d'] = surface.conv2d;
/**
 * - `aten::conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor`
 * - `aten::conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], str padding="valid", SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor`
 */
export const conv3d: TensorFunctions['conv3d'] = surface.conv3d;
/** `aten::conv_depthwise3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias, SymInt[3] stride, SymInt[3] padding, SymInt[3] dilation) -> Tensor` */
export const convDepthwise3d: TensorFunctions['convDepthwise3d'] = surface.convDepthwise3d;
/** `aten::conv_tbc(Tensor self, Tensor weight, Tensor bias, int pad=0) -> Tensor` */
export const convTbc: TensorFunctions['convTbc'] = surface.convTbc;
/** `aten::conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] output_padding=[0], SymInt groups=1, SymInt[1] dilation=[1]) -> Tensor` */
export const convTranspose1d: TensorFunctions['convTranspose1d'] = surface.convTranspose1d;
/** `aten::conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] output_padding=[0, 0], SymInt groups=1, SymInt[2] dilation=[1, 1]) -> Tensor` */
export const convTranspose2d: TensorFunctions['convTranspose2d'] = surface.convTranspose2d;
/** `aten::conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] output_padding=[0, 0, 0], SymInt groups=1, SymInt[3] dilation=[1, 1, 1]) -> Tensor` */
export const convTranspose3d: TensorFunctions['convTranspose3d'] = surface.convTranspose3d;
/** `aten::convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups) -> Tensor` */
export const convolution: TensorFunctions['convolution'] = surface.convolution;
/** `aten::convolution_overrideable(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups) -> Tensor` */
export const convolutionOverrideable: TensorFunctions['convolutionOverrideable'] = surface.convolutionOverrideable;
/** `aten::copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor` */
export const copy: TensorFunctions['copy'] = surface.copy;
/** `aten::copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)` */
export const copy_: TensorFunctions['copy_'] = surface.copy_;
/** `aten::copy_sparse_to_sparse(Tensor self, Tensor src, bool non_blocking=False) -> Tensor` */
export const copySparseToSparse: TensorFunctions['copySparseToSparse'] = surface.copySparseToSparse;
/** `aten::copy_sparse_to_sparse_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)` */
export const copySparseToSparse_: TensorFunctions['copySparseToSparse_'] = surface.copySparseToSparse_;
/**
 * - `aten::copysign.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::copysign.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const copysign: TensorFunctions['copysign'] = surface.copysign;
/**
 * - `aten::copysign_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::copysign_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const copysign_: TensorFunctions['copysign_'] = surface.copysign_;
/** `aten::corrcoef(Tensor self) -> Tensor` */
export const corrcoef: TensorFunctions['corrcoef'] = surface.corrcoef;
/** `aten::cos(Tensor self) -> Tensor` */
export const cos: TensorFunctions['cos'] = surface.cos;
/** `aten::cos_(Tensor(a!) self) -> Tensor(a!)` */
export const cos_: TensorFunctions['cos_'] = surface.cos_;
/** `aten::cosh(Tensor self) -> Tensor` */
export const cosh: TensorFunctions['cosh'] = surface.cosh;
/** `aten::cosh_(Tensor(a!) self) -> Tensor(a!)` */
export const cosh_: TensorFunctions['cosh_'] = surface.cosh_;
/** `aten::cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor` */
export const cosineEmbeddingLoss: TensorFunctions['cosineEmbeddingLoss'] = surface.cosineEmbeddingLoss;
/** `aten::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor` */
export const cosineSimilarity: TensorFunctions['cosineSimilarity'] = surface.cosineSimilarity;
/**
 * - `aten::count_nonzero(Tensor self, int? dim=None) -> Tensor`
 * - `aten::count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor`
 */
export const countNonzero: TensorFunctions['countNonzero'] = surface.countNonzero;
/** `aten::cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor` */
export const cov: TensorFunctions['cov'] = surface.cov;
/** `aten::cross(Tensor self, Tensor other, int? dim=None) -> Tensor` */
export const cross: TensorFunctions['cross'] = surface.cross;
/** `aten::cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100, float label_smoothing=0.) -> Tensor` */
export const crossEntropyLoss: TensorFunctions['crossEntropyLoss'] = surface.crossEntropyLoss;
/** `aten::crow_indices(Tensor(a) self) -> Tensor(a)` */
export const crowIndices: TensorFunctions['crowIndices'] = surface.crowIndices;
/**
 * - `aten::ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor`
 * - `aten::ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor`
 */
export const ctcLoss: TensorFunctions['ctcLoss'] = surface.ctcLoss;
/** `aten::cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)` */
export const cummax: TensorFunctions['cummax'] = surface.cummax;
/** `aten::cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)` */
export const cummin: TensorFunctions['cummin'] = surface.cummin;
/** `aten::cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor` */
export const cumprod: TensorFunctions['cumprod'] = surface.cumprod;
/** `aten::cumprod_(Tensor(a!) self, int dim, *, ScalarType? dtype=None) -> Tensor(a!)` */
export const cumprod_: TensorFunctions['cumprod_'] = surface.cumprod_;
/** `aten::cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor` */
export const cumsum: TensorFunctions['cumsum'] = surface.cumsum;
/** `aten::cumsum_(Tensor(a!) self, int dim, *, ScalarType? dtype=None) -> Tensor(a!)` */
export const cumsum_: TensorFunctions['cumsum_'] = surface.cumsum_;
/**
 * - `aten::cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor`
 * - `aten::cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor`
 */
export const cumulativeTrapezoid: TensorFunctions['cumulativeTrapezoid'] = surface.cumulativeTrapezoid;
/** `aten::deg2rad(Tensor self) -> Tensor` */
export const deg2rad: TensorFunctions['deg2rad'] = surface.deg2rad;
/** `aten::deg2rad_(Tensor(a!) self) -> Tensor(a!)` */
export const deg2rad_: TensorFunctions['deg2rad_'] = surface.deg2rad_;
/** `aten::dense_dim(Tensor self) -> int` */
export const denseDim: TensorFunctions['denseDim'] = surface.denseDim;
/**
 * - `aten::dequantize.self(Tensor self) -> Tensor`
 * - `aten::dequantize.tensors(Tensor[] tensors) -> Tensor[]`
 */
export const dequantize: TensorFunctions['dequantize'] = surface.dequantize;
/** `aten::det(Tensor self) -> Tensor` */
export const det: TensorFunctions['det'] = surface.det;
/** `aten::detach(Tensor(a) self) -> Tensor(a)` */
export const detach: TensorFunctions['detach'] = surface.detach;
/** `aten::detach_(Tensor(a!) self) -> Tensor(a!)` */
export const detach_: TensorFunctions['detach_'] = surface.detach_;
/** `aten::diag(Tensor self, int diagonal=0) -> Tensor` */
export const diag: TensorFunctions['diag'] = surface.diag;
/** `aten::diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor` */
export const diagEmbed: TensorFunctions['diagEmbed'] = surface.diagEmbed;
/** `aten::diagflat(Tensor self, int offset=0) -> Tensor` */
export const diagflat: TensorFunctions['diagflat'] = surface.diagflat;
/** `aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)` */
export const diagonal: TensorFunctions['diagonal'] = surface.diagonal;
/** `aten::diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor` */
export const diagonalScatter: TensorFunctions['diagonalScatter'] = surface.diagonalScatter;
/** `aten::diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor` */
export const diff: TensorFunctions['diff'] = surface.diff;
/** `aten::digamma(Tensor self) -> Tensor` */
export const digamma: TensorFunctions['digamma'] = surface.digamma;
/** `aten::digamma_(Tensor(a!) self) -> Tensor(a!)` */
export const digamma_: TensorFunctions['digamma_'] = surface.digamma_;
/** `aten::dist(Tensor self, Tensor other, Scalar p=2) -> Tensor` */
export const dist: TensorFunctions['dist'] = surface.dist;
/**
 * - `aten::div.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor`
 * - `aten::div.Scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor`
 */
export const div: TensorFunctions['div'] = surface.div;
/**
 * - `aten::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::div_.Tensor_mode(Tensor(a!) self, Tensor other, *, str? rounding_mode) -> Tensor(a!)`
 * - `aten::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 * - `aten::div_.Scalar_mode(Tensor(a!) self, Scalar other, *, str? rounding_mode) -> Tensor(a!)`
 */
export const div_: TensorFunctions['div_'] = surface.div_;
/**
 * - `aten::divide.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::divide.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor`
 * - `aten::divide.Scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::divide.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor`
 */
export const divide: TensorFunctions['divide'] = surface.divide;
/**
 * - `aten::divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::divide_.Tensor_mode(Tensor(a!) self, Tensor other, *, str? rounding_mode) -> Tensor(a!)`
 * - `aten::divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 * - `aten::divide_.Scalar_mode(Tensor(a!) self, Scalar other, *, str? rounding_mode) -> Tensor(a!)`
 */
export const divide_: TensorFunctions['divide_'] = surface.divide_;
/** `aten::dot(Tensor self, Tensor tensor) -> Tensor` */
export const dot: TensorFunctions['dot'] = surface.dot;
/** `aten::dropout(Tensor input, float p, bool train) -> Tensor` */
export const dropout: TensorFunctions['dropout'] = surface.dropout;
/** `aten::dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)` */
export const dropout_: TensorFunctions['dropout_'] = surface.dropout_;
/**
 * - `aten::dsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]`
 * - `aten::dsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]`
 */
export const dsplit: TensorFunctions['dsplit'] = surface.dsplit;
/** `aten::dstack(Tensor[] tensors) -> Tensor` */
export const dstack: TensorFunctions['dstack'] = surface.dstack;
/** `aten::elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor` */
export const elu: TensorFunctions['elu'] = surface.elu;
/** `aten::elu_(Tensor(a!) self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor(a!)` */
export const elu_: TensorFunctions['elu_'] = surface.elu_;
/** `aten::embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor` */
export const embedding: TensorFunctions['embedding'] = surface.embedding;
/**
 * - `aten::embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False) -> (Tensor, Tensor, Tensor, Tensor)`
 * - `aten::embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)`
 */
export const embeddingBag: TensorFunctions['embeddingBag'] = surface.embeddingBag;
/** `aten::embedding_renorm(Tensor self, Tensor indices, float max_norm, float norm_type) -> Tensor` */
export const embeddingRenorm: TensorFunctions['embeddingRenorm'] = surface.embeddingRenorm;
/** `aten::embedding_renorm_(Tensor(a!) self, Tensor indices, float max_norm, float norm_type) -> Tensor(a!)` */
export const embeddingRenorm_: TensorFunctions['embeddingRenorm_'] = surface.embeddingRenorm_;
/** `aten::empty_permuted(SymInt[] size, int[] physical_layout, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const emptyPermuted: TensorFunctions['emptyPermuted'] = surface.emptyPermuted;
/** `aten::empty_quantized(int[] size, Tensor qtensor, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor` */
export const emptyQuantized: TensorFunctions['emptyQuantized'] = surface.emptyQuantized;
/** `aten::empty_strided(SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const emptyStrided: TensorFunctions['emptyStrided'] = surface.emptyStrided;
/**
 * - `aten::eq.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::eq.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const eq: TensorFunctions['eq'] = surface.eq;
/**
 * - `aten::eq_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::eq_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const eq_: TensorFunctions['eq_'] = surface.eq_;
/** `aten::equal(Tensor self, Tensor other) -> bool` */
export const equal: TensorFunctions['equal'] = surface.equal;
/** `aten::erf(Tensor self) -> Tensor` */
export const erf: TensorFunctions['erf'] = surface.erf;
/** `aten::erf_(Tensor(a!) self) -> Tensor(a!)` */
export const erf_: TensorFunctions['erf_'] = surface.erf_;
/** `aten::erfc(Tensor self) -> Tensor` */
export const erfc: TensorFunctions['erfc'] = surface.erfc;
/** `aten::erfc_(Tensor(a!) self) -> Tensor(a!)` */
export const erfc_: TensorFunctions['erfc_'] = surface.erfc_;
/** `aten::erfinv(Tensor self) -> Tensor` */
export const erfinv: TensorFunctions['erfinv'] = surface.erfinv;
/** `aten::erfinv_(Tensor(a!) self) -> Tensor(a!)` */
export const erfinv_: TensorFunctions['erfinv_'] = surface.erfinv_;
/** `aten::exp(Tensor self) -> Tensor` */
export const exp: TensorFunctions['exp'] = surface.exp;
/** `aten::exp2(Tensor self) -> Tensor` */
export const exp2: TensorFunctions['exp2'] = surface.exp2;
/** `aten::exp2_(Tensor(a!) self) -> Tensor(a!)` */
export const exp2_: TensorFunctions['exp2_'] = surface.exp2_;
/** `aten::exp_(Tensor(a!) self) -> Tensor(a!)` */
export const exp_: TensorFunctions['exp_'] = surface.exp_;
/** `aten::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)` */
export const expand: TensorFunctions['expand'] = surface.expand;
/** `aten::expand_as(Tensor(a) self, Tensor other) -> Tensor(a)` */
export const expandAs: TensorFunctions['expandAs'] = surface.expandAs;
/** `aten::expm1(Tensor self) -> Tensor` */
export const expm1: TensorFunctions['expm1'] = surface.expm1;
/** `aten::expm1_(Tensor(a!) self) -> Tensor(a!)` */
export const expm1_: TensorFunctions['expm1_'] = surface.expm1_;
/** `aten::exponential(Tensor self, float lambd=1., *, Generator? generator=None) -> Tensor` */
export const exponential: TensorFunctions['exponential'] = surface.exponential;
/** `aten::exponential_(Tensor(a!) self, float lambd=1., *, Generator? generator=None) -> Tensor(a!)` */
export const exponential_: TensorFunctions['exponential_'] = surface.exponential_;
/** `aten::feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor` */
export const featureAlphaDropout: TensorFunctions['featureAlphaDropout'] = surface.featureAlphaDropout;
/** `aten::feature_alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)` */
export const featureAlphaDropout_: TensorFunctions['featureAlphaDropout_'] = surface.featureAlphaDropout_;
/** `aten::feature_dropout(Tensor input, float p, bool train) -> Tensor` */
export const featureDropout: TensorFunctions['featureDropout'] = surface.featureDropout;
/** `aten::feature_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)` */
export const featureDropout_: TensorFunctions['featureDropout_'] = surface.featureDropout_;
/** `aten::fft_fft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor` */
export const fftFft: TensorFunctions['fftFft'] = surface.fftFft;
/** `aten::fft_fft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor` */
export const fftFft2: TensorFunctions['fftFft2'] = surface.fftFft2;
/** `aten::fft_fftfreq(int n, float d=1., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const fftFftfreq: TensorFunctions['fftFftfreq'] = surface.fftFftfreq;
/** `aten::fft_fftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor` */
export const fftFftn: TensorFunctions['fftFftn'] = surface.fftFftn;
/** `aten::fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor` */
export const fftFftshift: TensorFunctions['fftFftshift'] = surface.fftFftshift;
/** `aten::fft_hfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor` */
export const fftHfft: TensorFunctions['fftHfft'] = surface.fftHfft;
/** `aten::fft_hfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor` */
export const fftHfft2: TensorFunctions['fftHfft2'] = surface.fftHfft2;
/** `aten::fft_hfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor` */
export const fftHfftn: TensorFunctions['fftHfftn'] = surface.fftHfftn;
/** `aten::fft_ifft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor` */
export const fftIfft: TensorFunctions['fftIfft'] = surface.fftIfft;
/** `aten::fft_ifft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor` */
export const fftIfft2: TensorFunctions['fftIfft2'] = surface.fftIfft2;
/** `aten::fft_ifftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor` */
export const fftIfftn: TensorFunctions['fftIfftn'] = surface.fftIfftn;
/** `aten::fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor` */
export const fftIfftshift: TensorFunctions['fftIfftshift'] = surface.fftIfftshift;
/** `aten::fft_ihfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor` */
export const fftIhfft: TensorFunctions['fftIhfft'] = surface.fftIhfft;
/** `aten::fft_ihfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor` */
export const fftIhfft2: TensorFunctions['fftIhfft2'] = surface.fftIhfft2;
/** `aten::fft_ihfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor` */
export const fftIhfftn: TensorFunctions['fftIhfftn'] = surface.fftIhfftn;
/** `aten::fft_irfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor` */
export const fftIrfft: TensorFunctions['fftIrfft'] = surface.fftIrfft;
/** `aten::fft_irfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor` */
export const fftIrfft2: TensorFunctions['fftIrfft2'] = surface.fftIrfft2;
/** `aten::fft_irfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor` */
export const fftIrfftn: TensorFunctions['fftIrfftn'] = surface.fftIrfftn;
/** `aten::fft_rfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor` */
export const fftRfft: TensorFunctions['fftRfft'] = surface.fftRfft;
/** `aten::fft_rfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor` */
export const fftRfft2: TensorFunctions['fftRfft2'] = surface.fftRfft2;
/** `aten::fft_rfftfreq(int n, float d=1., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const fftRfftfreq: TensorFunctions['fftRfftfreq'] = surface.fftRfftfreq;
/** `aten::fft_rfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor` */
export const fftRfftn: TensorFunctions['fftRfftn'] = surface.fftRfftn;
/**
 * - `aten::fill.Tensor(Tensor self, Tensor value) -> Tensor`
 * - `aten::fill.Scalar(Tensor self, Scalar value) -> Tensor`
 */
export const fill: TensorFunctions['fill'] = surface.fill;
/**
 * - `aten::fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)`
 * - `aten::fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)`
 */
export const fill_: TensorFunctions['fill_'] = surface.fill_;
/** `aten::fill_diagonal_(Tensor(a!) self, Scalar fill_value, bool wrap=False) -> Tensor(a!)` */
export const fillDiagonal_: TensorFunctions['fillDiagonal_'] = surface.fillDiagonal_;
/** `aten::fix(Tensor self) -> Tensor` */
export const fix: TensorFunctions['fix'] = surface.fix;
/** `aten::fix_(Tensor(a!) self) -> Tensor(a!)` */
export const fix_: TensorFunctions['fix_'] = surface.fix_;
/** `aten::flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)` */
export const flatten: TensorFunctions['flatten'] = surface.flatten;
/** `aten::flatten_dense_tensors(Tensor[] tensors) -> Tensor` */
export const flattenDenseTensors: TensorFunctions['flattenDenseTensors'] = surface.flattenDenseTensors;
/** `aten::flip(Tensor self, int[] dims) -> Tensor` */
export const flip: TensorFunctions['flip'] = surface.flip;
/** `aten::fliplr(Tensor self) -> Tensor` */
export const fliplr: TensorFunctions['fliplr'] = surface.fliplr;
/** `aten::flipud(Tensor self) -> Tensor` */
export const flipud: TensorFunctions['flipud'] = surface.flipud;
/**
 * - `aten::float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor`
 * - `aten::float_power.Scalar(Scalar self, Tensor exponent) -> Tensor`
 * - `aten::float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor`
 */
export const floatPower: TensorFunctions['floatPower'] = surface.floatPower;
/**
 * - `aten::float_power_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)`
 * - `aten::float_power_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)`
 */
export const floatPower_: TensorFunctions['floatPower_'] = surface.floatPower_;
/** `aten::floor(Tensor self) -> Tensor` */
export const floor: TensorFunctions['floor'] = surface.floor;
/** `aten::floor_(Tensor(a!) self) -> Tensor(a!)` */
export const floor_: TensorFunctions['floor_'] = surface.floor_;
/**
 * - `aten::floor_divide(Tensor self, Tensor other) -> Tensor`
 * - `aten::floor_divide.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const floorDivide: TensorFunctions['floorDivide'] = surface.floorDivide;
/**
 * - `aten::floor_divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::floor_divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const floorDivide_: TensorFunctions['floorDivide_'] = surface.floorDivide_;
/** `aten::fmax(Tensor self, Tensor other) -> Tensor` */
export const fmax: TensorFunctions['fmax'] = surface.fmax;
/** `aten::fmin(Tensor self, Tensor other) -> Tensor` */
export const fmin: TensorFunctions['fmin'] = surface.fmin;
/**
 * - `aten::fmod.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::fmod.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const fmod: TensorFunctions['fmod'] = surface.fmod;
/**
 * - `aten::fmod_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::fmod_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const fmod_: TensorFunctions['fmod_'] = surface.fmod_;
/** `aten::frac(Tensor self) -> Tensor` */
export const frac: TensorFunctions['frac'] = surface.frac;
/** `aten::frac_(Tensor(a!) self) -> Tensor(a!)` */
export const frac_: TensorFunctions['frac_'] = surface.frac_;
/** `aten::fractional_max_pool2d(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples) -> (Tensor, Tensor)` */
export const fractionalMaxPool2d: TensorFunctions['fractionalMaxPool2d'] = surface.fractionalMaxPool2d;
/** `aten::fractional_max_pool3d(Tensor self, int[3] kernel_size, int[3] output_size, Tensor random_samples) -> (Tensor, Tensor)` */
export const fractionalMaxPool3d: TensorFunctions['fractionalMaxPool3d'] = surface.fractionalMaxPool3d;
/** `aten::frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)` */
export const frexp: TensorFunctions['frexp'] = surface.frexp;
/** `aten::frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor` */
export const frobeniusNorm: TensorFunctions['frobeniusNorm'] = surface.frobeniusNorm;
/** `aten::gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor` */
export const gather: TensorFunctions['gather'] = surface.gather;
/** `aten::gcd(Tensor self, Tensor other) -> Tensor` */
export const gcd: TensorFunctions['gcd'] = surface.gcd;
/** `aten::gcd_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const gcd_: TensorFunctions['gcd_'] = surface.gcd_;
/**
 * - `aten::ge.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::ge.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const ge: TensorFunctions['ge'] = surface.ge;
/**
 * - `aten::ge_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::ge_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const ge_: TensorFunctions['ge_'] = surface.ge_;
/** `aten::gelu(Tensor self, *, str approximate="none") -> Tensor` */
export const gelu: TensorFunctions['gelu'] = surface.gelu;
/** `aten::gelu_(Tensor(a!) self, *, str approximate="none") -> Tensor(a!)` */
export const gelu_: TensorFunctions['gelu_'] = surface.gelu_;
/** `aten::geometric(Tensor self, float p, *, Generator? generator=None) -> Tensor` */
export const geometric: TensorFunctions['geometric'] = surface.geometric;
/** `aten::geometric_(Tensor(a!) self, float p, *, Generator? generator=None) -> Tensor(a!)` */
export const geometric_: TensorFunctions['geometric_'] = surface.geometric_;
/** `aten::geqrf(Tensor self) -> (Tensor a, Tensor tau)` */
export const geqrf: TensorFunctions['geqrf'] = surface.geqrf;
/** `aten::ger(Tensor self, Tensor vec2) -> Tensor` */
export const ger: TensorFunctions['ger'] = surface.ger;
/** `aten::get_device(Tensor self) -> int` */
export const getDevice: TensorFunctions['getDevice'] = surface.getDevice;
/** `aten::glu(Tensor self, int dim=-1) -> Tensor` */
export const glu: TensorFunctions['glu'] = surface.glu;
/**
 * - `aten::gradient.array(Tensor self, *, int[] dim, int edge_order=1) -> Tensor[]`
 * - `aten::gradient.tensorarray(Tensor self, *, Tensor[] spacing, int[] dim, int edge_order=1) -> Tensor[]`
 * - `aten::gradient.tensorarrayint(Tensor self, *, Tensor[] spacing, int? dim=None, int edge_order=1) -> Tensor[]`
 * - `aten::gradient.scalararray(Tensor self, *, Scalar spacing, int[] dim, int edge_order=1) -> Tensor[]`
 * - `aten::gradient.scalarint(Tensor self, *, Scalar? spacing=None, int? dim=None, int edge_order=1) -> Tensor[]`
 * - `aten::gradient.scalarrayarray(Tensor self, *, Scalar[] spacing, int[] dim, int edge_order=1) -> Tensor[]`
 * - `aten::gradient.scalarrayint(Tensor self, *, Scalar[] spacing, int? dim=None, int edge_order=1) -> Tensor[]`
 */
export const gradient: TensorFunctions['gradient'] = surface.gradient;
/**
 * - `aten::greater.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::greater.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const greater: TensorFunctions['greater'] = surface.greater;
/**
 * - `aten::greater_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::greater_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const greater_: TensorFunctions['greater_'] = surface.greater_;
/**
 * - `aten::greater_equal.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::greater_equal.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const greaterEqual: TensorFunctions['greaterEqual'] = surface.greaterEqual;
/**
 * - `aten::greater_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::greater_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const greaterEqual_: TensorFunctions['greaterEqual_'] = surface.greaterEqual_;
/** `aten::grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor` */
export const gridSampler: TensorFunctions['gridSampler'] = surface.gridSampler;
/** `aten::grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor` */
export const gridSampler2d: TensorFunctions['gridSampler2d'] = surface.gridSampler2d;
/** `aten::grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor` */
export const gridSampler3d: TensorFunctions['gridSampler3d'] = surface.gridSampler3d;
/** `aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enabled=True) -> Tensor` */
export const groupNorm: TensorFunctions['groupNorm'] = surface.groupNorm;
/**
 * - `aten::gru.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)`
 * - `aten::gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)`
 */
export const gru: TensorFunctions['gru'] = surface.gru;
/** `aten::gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor` */
export const gruCell: TensorFunctions['gruCell'] = surface.gruCell;
/**
 * - `aten::gt.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::gt.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const gt: TensorFunctions['gt'] = surface.gt;
/**
 * - `aten::gt_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::gt_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const gt_: TensorFunctions['gt_'] = surface.gt_;
/**
 * - `aten::hamming_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * - `aten::hamming_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * - `aten::hamming_window.periodic_alpha(int window_length, bool periodic, float alpha, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * - `aten::hamming_window.periodic_alpha_beta(int window_length, bool periodic, float alpha, float beta, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export const hammingWindow: TensorFunctions['hammingWindow'] = surface.hammingWindow;
/**
 * - `aten::hann_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * - `aten::hann_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export const hannWindow: TensorFunctions['hannWindow'] = surface.hannWindow;
/** `aten::hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor` */
export const hardshrink: TensorFunctions['hardshrink'] = surface.hardshrink;
/** `aten::hardsigmoid(Tensor self) -> Tensor` */
export const hardsigmoid: TensorFunctions['hardsigmoid'] = surface.hardsigmoid;
/** `aten::hardsigmoid_(Tensor(a!) self) -> Tensor(a!)` */
export const hardsigmoid_: TensorFunctions['hardsigmoid_'] = surface.hardsigmoid_;
/** `aten::hardswish(Tensor self) -> Tensor` */
export const hardswish: TensorFunctions['hardswish'] = surface.hardswish;
/** `aten::hardswish_(Tensor(a!) self) -> Tensor(a!)` */
export const hardswish_: TensorFunctions['hardswish_'] = surface.hardswish_;
/** `aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor` */
export const hardtanh: TensorFunctions['hardtanh'] = surface.hardtanh;
/** `aten::hardtanh_(Tensor(a!) self, Scalar min_val=-1, Scalar max_val=1) -> Tensor(a!)` */
export const hardtanh_: TensorFunctions['hardtanh_'] = surface.hardtanh_;
/** `aten::hash_tensor(Tensor self, int[1] dim=[], *, bool keepdim=False, int mode=0) -> Tensor` */
export const hashTensor: TensorFunctions['hashTensor'] = surface.hashTensor;
/** `aten::heaviside(Tensor self, Tensor values) -> Tensor` */
export const heaviside: TensorFunctions['heaviside'] = surface.heaviside;
/** `aten::heaviside_(Tensor(a!) self, Tensor values) -> Tensor(a!)` */
export const heaviside_: TensorFunctions['heaviside_'] = surface.heaviside_;
/** `aten::hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=1) -> Tensor` */
export const hingeEmbeddingLoss: TensorFunctions['hingeEmbeddingLoss'] = surface.hingeEmbeddingLoss;
/** `aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor` */
export const histc: TensorFunctions['histc'] = surface.histc;
/**
 * - `aten::histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)`
 * - `aten::histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)`
 */
export const histogram: TensorFunctions['histogram'] = surface.histogram;
/**
 * - `aten::histogramdd(Tensor self, int[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)`
 * - `aten::histogramdd.TensorList_bins(Tensor self, Tensor[] bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)`
 * - `aten::histogramdd.int_bins(Tensor self, int bins, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)`
 */
export const histogramdd: TensorFunctions['histogramdd'] = surface.histogramdd;
/**
 * - `aten::hsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]`
 * - `aten::hsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]`
 */
export const hsplit: TensorFunctions['hsplit'] = surface.hsplit;
/** `aten::hspmm(Tensor mat1, Tensor mat2) -> Tensor` */
export const hspmm: TensorFunctions['hspmm'] = surface.hspmm;
/** `aten::hstack(Tensor[] tensors) -> Tensor` */
export const hstack: TensorFunctions['hstack'] = surface.hstack;
/** `aten::huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor` */
export const huberLoss: TensorFunctions['huberLoss'] = surface.huberLoss;
/** `aten::hypot(Tensor self, Tensor other) -> Tensor` */
export const hypot: TensorFunctions['hypot'] = surface.hypot;
/** `aten::hypot_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const hypot_: TensorFunctions['hypot_'] = surface.hypot_;
/** `aten::i0(Tensor self) -> Tensor` */
export const i0: TensorFunctions['i0'] = surface.i0;
/** `aten::i0_(Tensor(a!) self) -> Tensor(a!)` */
export const i0_: TensorFunctions['i0_'] = surface.i0_;
/** `aten::igamma(Tensor self, Tensor other) -> Tensor` */
export const igamma: TensorFunctions['igamma'] = surface.igamma;
/** `aten::igamma_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const igamma_: TensorFunctions['igamma_'] = surface.igamma_;
/** `aten::igammac(Tensor self, Tensor other) -> Tensor` */
export const igammac: TensorFunctions['igammac'] = surface.igammac;
/** `aten::igammac_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const igammac_: TensorFunctions['igammac_'] = surface.igammac_;
/** `aten::im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor` */
export const im2col: TensorFunctions['im2col'] = surface.im2col;
/** `aten::imag(Tensor(a) self) -> Tensor(a)` */
export const imag: TensorFunctions['imag'] = surface.imag;
/** `aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor` */
export const indexAdd: TensorFunctions['indexAdd'] = surface.indexAdd;
/** `aten::index_add_(Tensor(a!) self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor(a!)` */
export const indexAdd_: TensorFunctions['indexAdd_'] = surface.indexAdd_;
/** `aten::index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor` */
export const indexCopy: TensorFunctions['indexCopy'] = surface.indexCopy;
/** `aten::index_copy_(Tensor(a!) self, int dim, Tensor index, Tensor source) -> Tensor(a!)` */
export const indexCopy_: TensorFunctions['indexCopy_'] = surface.indexCopy_;
/**
 * - `aten::index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor`
 * - `aten::index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor`
 */
export const indexFill: TensorFunctions['indexFill'] = surface.indexFill;
/**
 * - `aten::index_fill_.int_Tensor(Tensor(a!) self, int dim, Tensor index, Tensor value) -> Tensor(a!)`
 * - `aten::index_fill_.int_Scalar(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)`
 */
export const indexFill_: TensorFunctions['indexFill_'] = surface.indexFill_;
/** `aten::index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor` */
export const indexReduce: TensorFunctions['indexReduce'] = surface.indexReduce;
/** `aten::index_reduce_(Tensor(a!) self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor(a!)` */
export const indexReduce_: TensorFunctions['indexReduce_'] = surface.indexReduce_;
/** `aten::index_select(Tensor self, int dim, Tensor index) -> Tensor` */
export const indexSelect: TensorFunctions['indexSelect'] = surface.indexSelect;
/** `aten::indices(Tensor(a) self) -> Tensor(a)` */
export const indices: TensorFunctions['indices'] = surface.indices;
/** `aten::inner(Tensor self, Tensor other) -> Tensor` */
export const inner: TensorFunctions['inner'] = surface.inner;
/** `aten::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor` */
export const instanceNorm: TensorFunctions['instanceNorm'] = surface.instanceNorm;
/** `aten::int_repr(Tensor self) -> Tensor` */
export const intRepr: TensorFunctions['intRepr'] = surface.intRepr;
/** `aten::inverse(Tensor self) -> Tensor` */
export const inverse: TensorFunctions['inverse'] = surface.inverse;
/** `aten::is_coalesced(Tensor self) -> bool` */
export const isCoalesced: TensorFunctions['isCoalesced'] = surface.isCoalesced;
/** `aten::is_complex(Tensor self) -> bool` */
export const isComplex: TensorFunctions['isComplex'] = surface.isComplex;
/** `aten::is_conj(Tensor self) -> bool` */
export const isConj: TensorFunctions['isConj'] = surface.isConj;
/**
 * - `aten::is_contiguous(Tensor self) -> bool`
 * - `aten::is_contiguous.memory_format(Tensor self, MemoryFormat memory_format) -> bool`
 */
export const isContiguous: TensorFunctions['isContiguous'] = surface.isContiguous;
/** `aten::is_distributed(Tensor self) -> bool` */
export const isDistributed: TensorFunctions['isDistributed'] = surface.isDistributed;
/** `aten::is_floating_point(Tensor self) -> bool` */
export const isFloatingPoint: TensorFunctions['isFloatingPoint'] = surface.isFloatingPoint;
/** `aten::is_inference(Tensor self) -> bool` */
export const isInference: TensorFunctions['isInference'] = surface.isInference;
/** `aten::is_neg(Tensor self) -> bool` */
export const isNeg: TensorFunctions['isNeg'] = surface.isNeg;
/** `aten::is_nonzero(Tensor self) -> bool` */
export const isNonzero: TensorFunctions['isNonzero'] = surface.isNonzero;
/** `aten::is_pinned(Tensor self, Device? device=None) -> bool` */
export const isPinned: TensorFunctions['isPinned'] = surface.isPinned;
/** `aten::is_same_size(Tensor self, Tensor other) -> bool` */
export const isSameSize: TensorFunctions['isSameSize'] = surface.isSameSize;
/** `aten::is_set_to(Tensor self, Tensor tensor) -> bool` */
export const isSetTo: TensorFunctions['isSetTo'] = surface.isSetTo;
/** `aten::is_signed(Tensor self) -> bool` */
export const isSigned: TensorFunctions['isSigned'] = surface.isSigned;
/** `aten::isclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> Tensor` */
export const isclose: TensorFunctions['isclose'] = surface.isclose;
/** `aten::isfinite(Tensor self) -> Tensor` */
export const isfinite: TensorFunctions['isfinite'] = surface.isfinite;
/**
 * - `aten::isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor`
 * - `aten::isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor`
 * - `aten::isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False) -> Tensor`
 */
export const isin: TensorFunctions['isin'] = surface.isin;
/** `aten::isinf(Tensor self) -> Tensor` */
export const isinf: TensorFunctions['isinf'] = surface.isinf;
/** `aten::isnan(Tensor self) -> Tensor` */
export const isnan: TensorFunctions['isnan'] = surface.isnan;
/** `aten::isneginf(Tensor self) -> Tensor` */
export const isneginf: TensorFunctions['isneginf'] = surface.isneginf;
/** `aten::isposinf(Tensor self) -> Tensor` */
export const isposinf: TensorFunctions['isposinf'] = surface.isposinf;
/** `aten::isreal(Tensor self) -> Tensor` */
export const isreal: TensorFunctions['isreal'] = surface.isreal;
/** `aten::istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int? length=None, bool return_complex=False) -> Tensor` */
export const istft: TensorFunctions['istft'] = surface.istft;
/** `aten::item(Tensor self) -> Scalar` */
export const item: TensorFunctions['item'] = surface.item;
/**
 * - `aten::kaiser_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * - `aten::kaiser_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * - `aten::kaiser_window.beta(int window_length, bool periodic, float beta, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export const kaiserWindow: TensorFunctions['kaiserWindow'] = surface.kaiserWindow;
/** `aten::kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) -> Tensor` */
export const klDiv: TensorFunctions['klDiv'] = surface.klDiv;
/** `aten::kron(Tensor self, Tensor other) -> Tensor` */
export const kron: TensorFunctions['kron'] = surface.kron;
/** `aten::kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)` */
export const kthvalue: TensorFunctions['kthvalue'] = surface.kthvalue;
/** `aten::l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor` */
export const l1Loss: TensorFunctions['l1Loss'] = surface.l1Loss;
/** `aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enable=True) -> Tensor` */
export const layerNorm: TensorFunctions['layerNorm'] = surface.layerNorm;
/** `aten::lcm(Tensor self, Tensor other) -> Tensor` */
export const lcm: TensorFunctions['lcm'] = surface.lcm;
/** `aten::lcm_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const lcm_: TensorFunctions['lcm_'] = surface.lcm_;
/** `aten::ldexp.Tensor(Tensor self, Tensor other) -> Tensor` */
export const ldexp: TensorFunctions['ldexp'] = surface.ldexp;
/** `aten::ldexp_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const ldexp_: TensorFunctions['ldexp_'] = surface.ldexp_;
/**
 * - `aten::le.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::le.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const le: TensorFunctions['le'] = surface.le;
/**
 * - `aten::le_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::le_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const le_: TensorFunctions['le_'] = surface.le_;
/** `aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor` */
export const leakyRelu: TensorFunctions['leakyRelu'] = surface.leakyRelu;
/** `aten::leaky_relu_(Tensor(a!) self, Scalar negative_slope=0.01) -> Tensor(a!)` */
export const leakyRelu_: TensorFunctions['leakyRelu_'] = surface.leakyRelu_;
/**
 * - `aten::lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor`
 * - `aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor`
 */
export const lerp: TensorFunctions['lerp'] = surface.lerp;
/**
 * - `aten::lerp_.Tensor(Tensor(a!) self, Tensor end, Tensor weight) -> Tensor(a!)`
 * - `aten::lerp_.Scalar(Tensor(a!) self, Tensor end, Scalar weight) -> Tensor(a!)`
 */
export const lerp_: TensorFunctions['lerp_'] = surface.lerp_;
/**
 * - `aten::less.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::less.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const less: TensorFunctions['less'] = surface.less;
/**
 * - `aten::less_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::less_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const less_: TensorFunctions['less_'] = surface.less_;
/**
 * - `aten::less_equal.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::less_equal.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const lessEqual: TensorFunctions['lessEqual'] = surface.lessEqual;
/**
 * - `aten::less_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::less_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const lessEqual_: TensorFunctions['lessEqual_'] = surface.lessEqual_;
/** `aten::lgamma(Tensor self) -> Tensor` */
export const lgamma: TensorFunctions['lgamma'] = surface.lgamma;
/** `aten::lgamma_(Tensor(a!) self) -> Tensor(a!)` */
export const lgamma_: TensorFunctions['lgamma_'] = surface.lgamma_;
/** `aten::lift(Tensor self) -> Tensor` */
export const lift: TensorFunctions['lift'] = surface.lift;
/** `aten::lift_fresh(Tensor(a) self) -> Tensor(a)` */
export const liftFresh: TensorFunctions['liftFresh'] = surface.liftFresh;
/** `aten::linalg__powsum(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor` */
export const linalgPowsum: TensorFunctions['linalgPowsum'] = surface.linalgPowsum;
/** `aten::linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor` */
export const linalgCholesky: TensorFunctions['linalgCholesky'] = surface.linalgCholesky;
/** `aten::linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)` */
export const linalgCholeskyEx: TensorFunctions['linalgCholeskyEx'] = surface.linalgCholeskyEx;
/**
 * - `aten::linalg_cond.p_str(Tensor self, str p) -> Tensor`
 * - `aten::linalg_cond(Tensor self, Scalar? p=None) -> Tensor`
 */
export const linalgCond: TensorFunctions['linalgCond'] = surface.linalgCond;
/** `aten::linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor` */
export const linalgCross: TensorFunctions['linalgCross'] = surface.linalgCross;
/** `aten::linalg_det(Tensor A) -> Tensor` */
export const linalgDet: TensorFunctions['linalgDet'] = surface.linalgDet;
/** `aten::linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)` */
export const linalgDiagonal: TensorFunctions['linalgDiagonal'] = surface.linalgDiagonal;
/** `aten::linalg_eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)` */
export const linalgEig: TensorFunctions['linalgEig'] = surface.linalgEig;
/** `aten::linalg_eigh(Tensor self, str UPLO="L") -> (Tensor eigenvalues, Tensor eigenvectors)` */
export const linalgEigh: TensorFunctions['linalgEigh'] = surface.linalgEigh;
/** `aten::linalg_eigvals(Tensor self) -> Tensor` */
export const linalgEigvals: TensorFunctions['linalgEigvals'] = surface.linalgEigvals;
/** `aten::linalg_eigvalsh(Tensor self, str UPLO="L") -> Tensor` */
export const linalgEigvalsh: TensorFunctions['linalgEigvalsh'] = surface.linalgEigvalsh;
/** `aten::linalg_householder_product(Tensor input, Tensor tau) -> Tensor` */
export const linalgHouseholderProduct: TensorFunctions['linalgHouseholderProduct'] = surface.linalgHouseholderProduct;
/** `aten::linalg_inv(Tensor A) -> Tensor` */
export const linalgInv: TensorFunctions['linalgInv'] = surface.linalgInv;
/** `aten::linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)` */
export const linalgInvEx: TensorFunctions['linalgInvEx'] = surface.linalgInvEx;
/** `aten::linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)` */
export const linalgLdlFactor: TensorFunctions['linalgLdlFactor'] = surface.linalgLdlFactor;
/** `aten::linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)` */
export const linalgLdlFactorEx: TensorFunctions['linalgLdlFactorEx'] = surface.linalgLdlFactorEx;
/** `aten::linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor` */
export const linalgLdlSolve: TensorFunctions['linalgLdlSolve'] = surface.linalgLdlSolve;
/** `aten::linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)` */
export const linalgLstsq: TensorFunctions['linalgLstsq'] = surface.linalgLstsq;
/** `aten::linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)` */
export const linalgLu: TensorFunctions['linalgLu'] = surface.linalgLu;
/** `aten::linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)` */
export const linalgLuFactor: TensorFunctions['linalgLuFactor'] = surface.linalgLuFactor;
/** `aten::linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)` */
export const linalgLuFactorEx: TensorFunctions['linalgLuFactorEx'] = surface.linalgLuFactorEx;
/** `aten::linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor` */
export const linalgLuSolve: TensorFunctions['linalgLuSolve'] = surface.linalgLuSolve;
/** `aten::linalg_matmul(Tensor self, Tensor other) -> Tensor` */
export const linalgMatmul: TensorFunctions['linalgMatmul'] = surface.linalgMatmul;
/** `aten::linalg_matrix_exp(Tensor self) -> Tensor` */
export const linalgMatrixExp: TensorFunctions['linalgMatrixExp'] = surface.linalgMatrixExp;
/**
 * - `aten::linalg_matrix_norm.str_ord(Tensor self, str ord="fro", int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
 * - `aten::linalg_matrix_norm(Tensor self, Scalar ord, int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
 */
export const linalgMatrixNorm: TensorFunctions['linalgMatrixNorm'] = surface.linalgMatrixNorm;
/** `aten::linalg_matrix_power(Tensor self, int n) -> Tensor` */
export const linalgMatrixPower: TensorFunctions['linalgMatrixPower'] = surface.linalgMatrixPower;
/**
 * - `aten::linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor`
 * - `aten::linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor`
 * - `aten::linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor`
 * - `aten::linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor`
 */
export const linalgMatrixRank: TensorFunctions['linalgMatrixRank'] = surface.linalgMatrixRank;
/** `aten::linalg_multi_dot(Tensor[] tensors) -> Tensor` */
export const linalgMultiDot: TensorFunctions['linalgMultiDot'] = surface.linalgMultiDot;
/**
 * - `aten::linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
 * - `aten::linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
 */
export const linalgNorm: TensorFunctions['linalgNorm'] = surface.linalgNorm;
/**
 * - `aten::linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor`
 * - `aten::linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor`
 * - `aten::linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor`
 * - `aten::linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor`
 */
export const linalgPinv: TensorFunctions['linalgPinv'] = surface.linalgPinv;
/** `aten::linalg_qr(Tensor A, str mode="reduced") -> (Tensor Q, Tensor R)` */
export const linalgQr: TensorFunctions['linalgQr'] = surface.linalgQr;
/** `aten::linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)` */
export const linalgSlogdet: TensorFunctions['linalgSlogdet'] = surface.linalgSlogdet;
/** `aten::linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor` */
export const linalgSolve: TensorFunctions['linalgSolve'] = surface.linalgSolve;
/** `aten::linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)` */
export const linalgSolveEx: TensorFunctions['linalgSolveEx'] = surface.linalgSolveEx;
/** `aten::linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor` */
export const linalgSolveTriangular: TensorFunctions['linalgSolveTriangular'] = surface.linalgSolveTriangular;
/** `aten::linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)` */
export const linalgSvd: TensorFunctions['linalgSvd'] = surface.linalgSvd;
/** `aten::linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor` */
export const linalgSvdvals: TensorFunctions['linalgSvdvals'] = surface.linalgSvdvals;
/** `aten::linalg_tensorinv(Tensor self, int ind=2) -> Tensor` */
export const linalgTensorinv: TensorFunctions['linalgTensorinv'] = surface.linalgTensorinv;
/** `aten::linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor` */
export const linalgTensorsolve: TensorFunctions['linalgTensorsolve'] = surface.linalgTensorsolve;
/** `aten::linalg_vander(Tensor x, *, SymInt? N=None) -> Tensor` */
export const linalgVander: TensorFunctions['linalgVander'] = surface.linalgVander;
/** `aten::linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor` */
export const linalgVecdot: TensorFunctions['linalgVecdot'] = surface.linalgVecdot;
/** `aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor` */
export const linalgVectorNorm: TensorFunctions['linalgVectorNorm'] = surface.linalgVectorNorm;
/** `aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor` */
export const linear: TensorFunctions['linear'] = surface.linear;
/** `aten::log(Tensor self) -> Tensor` */
export const log: TensorFunctions['log'] = surface.log;
/** `aten::log10(Tensor self) -> Tensor` */
export const log10: TensorFunctions['log10'] = surface.log10;
/** `aten::log10_(Tensor(a!) self) -> Tensor(a!)` */
export const log10_: TensorFunctions['log10_'] = surface.log10_;
/** `aten::log1p(Tensor self) -> Tensor` */
export const log1p: TensorFunctions['log1p'] = surface.log1p;
/** `aten::log1p_(Tensor(a!) self) -> Tensor(a!)` */
export const log1p_: TensorFunctions['log1p_'] = surface.log1p_;
/** `aten::log2(Tensor self) -> Tensor` */
export const log2: TensorFunctions['log2'] = surface.log2;
/** `aten::log2_(Tensor(a!) self) -> Tensor(a!)` */
export const log2_: TensorFunctions['log2_'] = surface.log2_;
/** `aten::log_(Tensor(a!) self) -> Tensor(a!)` */
export const log_: TensorFunctions['log_'] = surface.log_;
/** `aten::log_normal(Tensor self, float mean=1., float std=2., *, Generator? generator=None) -> Tensor` */
export const logNormal: TensorFunctions['logNormal'] = surface.logNormal;
/** `aten::log_normal_(Tensor(a!) self, float mean=1., float std=2., *, Generator? generator=None) -> Tensor(a!)` */
export const logNormal_: TensorFunctions['logNormal_'] = surface.logNormal_;
/** `aten::log_sigmoid(Tensor self) -> Tensor` */
export const logSigmoid: TensorFunctions['logSigmoid'] = surface.logSigmoid;
/** `aten::log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)` */
export const logSigmoidForward: TensorFunctions['logSigmoidForward'] = surface.logSigmoidForward;
/** `aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor` */
export const logSoftmax: TensorFunctions['logSoftmax'] = surface.logSoftmax;
/** `aten::logaddexp(Tensor self, Tensor other) -> Tensor` */
export const logaddexp: TensorFunctions['logaddexp'] = surface.logaddexp;
/** `aten::logaddexp2(Tensor self, Tensor other) -> Tensor` */
export const logaddexp2: TensorFunctions['logaddexp2'] = surface.logaddexp2;
/** `aten::logcumsumexp(Tensor self, int dim) -> Tensor` */
export const logcumsumexp: TensorFunctions['logcumsumexp'] = surface.logcumsumexp;
/** `aten::logdet(Tensor self) -> Tensor` */
export const logdet: TensorFunctions['logdet'] = surface.logdet;
/** `aten::logical_and(Tensor self, Tensor other) -> Tensor` */
export const logicalAnd: TensorFunctions['logicalAnd'] = surface.logicalAnd;
/** `aten::logical_and_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const logicalAnd_: TensorFunctions['logicalAnd_'] = surface.logicalAnd_;
/** `aten::logical_not(Tensor self) -> Tensor` */
export const logicalNot: TensorFunctions['logicalNot'] = surface.logicalNot;
/** `aten::logical_not_(Tensor(a!) self) -> Tensor(a!)` */
export const logicalNot_: TensorFunctions['logicalNot_'] = surface.logicalNot_;
/** `aten::logical_or(Tensor self, Tensor other) -> Tensor` */
export const logicalOr: TensorFunctions['logicalOr'] = surface.logicalOr;
/** `aten::logical_or_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const logicalOr_: TensorFunctions['logicalOr_'] = surface.logicalOr_;
/** `aten::logical_xor(Tensor self, Tensor other) -> Tensor` */
export const logicalXor: TensorFunctions['logicalXor'] = surface.logicalXor;
/** `aten::logical_xor_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const logicalXor_: TensorFunctions['logicalXor_'] = surface.logicalXor_;
/** `aten::logit(Tensor self, float? eps=None) -> Tensor` */
export const logit: TensorFunctions['logit'] = surface.logit;
/** `aten::logit_(Tensor(a!) self, float? eps=None) -> Tensor(a!)` */
export const logit_: TensorFunctions['logit_'] = surface.logit_;
/** `aten::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor` */
export const logsumexp: TensorFunctions['logsumexp'] = surface.logsumexp;
/**
 * - `aten::lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor, Tensor)`
 * - `aten::lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor, Tensor)`
 */
export const lstm: TensorFunctions['lstm'] = surface.lstm;
/** `aten::lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor, Tensor)` */
export const lstmCell: TensorFunctions['lstmCell'] = surface.lstmCell;
/**
 * - `aten::lt.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::lt.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const lt: TensorFunctions['lt'] = surface.lt;
/**
 * - `aten::lt_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::lt_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const lt_: TensorFunctions['lt_'] = surface.lt_;
/** `aten::lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor` */
export const luSolve: TensorFunctions['luSolve'] = surface.luSolve;
/** `aten::lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)` */
export const luUnpack: TensorFunctions['luUnpack'] = surface.luUnpack;
/** `aten::margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor` */
export const marginRankingLoss: TensorFunctions['marginRankingLoss'] = surface.marginRankingLoss;
/**
 * - `aten::masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor`
 * - `aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor`
 */
export const maskedFill: TensorFunctions['maskedFill'] = surface.maskedFill;
/**
 * - `aten::masked_fill_.Tensor(Tensor(a!) self, Tensor mask, Tensor value) -> Tensor(a!)`
 * - `aten::masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)`
 */
export const maskedFill_: TensorFunctions['maskedFill_'] = surface.maskedFill_;
/** `aten::masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor` */
export const maskedScatter: TensorFunctions['maskedScatter'] = surface.maskedScatter;
/** `aten::masked_scatter_(Tensor(a!) self, Tensor mask, Tensor source) -> Tensor(a!)` */
export const maskedScatter_: TensorFunctions['maskedScatter_'] = surface.maskedScatter_;
/** `aten::masked_select(Tensor self, Tensor mask) -> Tensor` */
export const maskedSelect: TensorFunctions['maskedSelect'] = surface.maskedSelect;
/** `aten::matmul(Tensor self, Tensor other) -> Tensor` */
export const matmul: TensorFunctions['matmul'] = surface.matmul;
/** `aten::matrix_exp(Tensor self) -> Tensor` */
export const matrixExp: TensorFunctions['matrixExp'] = surface.matrixExp;
/** `aten::matrix_power(Tensor self, int n) -> Tensor` */
export const matrixPower: TensorFunctions['matrixPower'] = surface.matrixPower;
/**
 * - `aten::max(Tensor self) -> Tensor`
 * - `aten::max.other(Tensor self, Tensor other) -> Tensor`
 * - `aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
 */
export const max: TensorFunctions['max'] = surface.max;
/** `aten::max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> Tensor` */
export const maxPool1d: TensorFunctions['maxPool1d'] = surface.maxPool1d;
/** `aten::max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> (Tensor, Tensor)` */
export const maxPool1dWithIndices: TensorFunctions['maxPool1dWithIndices'] = surface.maxPool1dWithIndices;
/** `aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor` */
export const maxPool2d: TensorFunctions['maxPool2d'] = surface.maxPool2d;
/** `aten::max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)` */
export const maxPool2dWithIndices: TensorFunctions['maxPool2dWithIndices'] = surface.maxPool2dWithIndices;
/** `aten::max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor` */
export const maxPool3d: TensorFunctions['maxPool3d'] = surface.maxPool3d;
/** `aten::max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)` */
export const maxPool3dWithIndices: TensorFunctions['maxPool3dWithIndices'] = surface.maxPool3dWithIndices;
/** `aten::max_unpool2d(Tensor self, Tensor indices, SymInt[2] output_size) -> Tensor` */
export const maxUnpool2d: TensorFunctions['maxUnpool2d'] = surface.maxUnpool2d;
/** `aten::max_unpool3d(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding) -> Tensor` */
export const maxUnpool3d: TensorFunctions['maxUnpool3d'] = surface.maxUnpool3d;
/** `aten::maximum(Tensor self, Tensor other) -> Tensor` */
export const maximum: TensorFunctions['maximum'] = surface.maximum;
/**
 * - `aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor`
 * - `aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
 */
export const mean: TensorFunctions['mean'] = surface.mean;
/**
 * - `aten::median(Tensor self) -> Tensor`
 * - `aten::median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
 */
export const median: TensorFunctions['median'] = surface.median;
/**
 * - `aten::meshgrid(Tensor[] tensors) -> Tensor[]`
 * - `aten::meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]`
 */
export const meshgrid: TensorFunctions['meshgrid'] = surface.meshgrid;
/**
 * - `aten::min(Tensor self) -> Tensor`
 * - `aten::min.other(Tensor self, Tensor other) -> Tensor`
 * - `aten::min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
 */
export const min: TensorFunctions['min'] = surface.min;
/** `aten::minimum(Tensor self, Tensor other) -> Tensor` */
export const minimum: TensorFunctions['minimum'] = surface.minimum;
/** `aten::mish(Tensor self) -> Tensor` */
export const mish: TensorFunctions['mish'] = surface.mish;
/** `aten::mish_(Tensor(a!) self) -> Tensor(a!)` */
export const mish_: TensorFunctions['mish_'] = surface.mish_;
/**
 * - `aten::mm(Tensor self, Tensor mat2) -> Tensor`
 * - `aten::mm.dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor`
 */
export const mm: TensorFunctions['mm'] = surface.mm;
/** `aten::mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)` */
export const mode: TensorFunctions['mode'] = surface.mode;
/**
 * - `aten::moveaxis.int(Tensor(a) self, int source, int destination) -> Tensor(a)`
 * - `aten::moveaxis.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)`
 */
export const moveaxis: TensorFunctions['moveaxis'] = surface.moveaxis;
/**
 * - `aten::movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)`
 * - `aten::movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)`
 */
export const movedim: TensorFunctions['movedim'] = surface.movedim;
/** `aten::mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor` */
export const mseLoss: TensorFunctions['mseLoss'] = surface.mseLoss;
/** `aten::msort(Tensor self) -> Tensor` */
export const msort: TensorFunctions['msort'] = surface.msort;
/**
 * - `aten::mul.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::mul.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const mul: TensorFunctions['mul'] = surface.mul;
/**
 * - `aten::mul_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::mul_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const mul_: TensorFunctions['mul_'] = surface.mul_;
/** `aten::multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=1) -> Tensor` */
export const multiMarginLoss: TensorFunctions['multiMarginLoss'] = surface.multiMarginLoss;
/** `aten::multilabel_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor` */
export const multilabelMarginLoss: TensorFunctions['multilabelMarginLoss'] = surface.multilabelMarginLoss;
/** `aten::multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor output, Tensor is_target)` */
export const multilabelMarginLossForward: TensorFunctions['multilabelMarginLossForward'] = surface.multilabelMarginLossForward;
/** `aten::multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor` */
export const multinomial: TensorFunctions['multinomial'] = surface.multinomial;
/**
 * - `aten::multiply.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::multiply.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const multiply: TensorFunctions['multiply'] = surface.multiply;
/**
 * - `aten::multiply_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::multiply_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const multiply_: TensorFunctions['multiply_'] = surface.multiply_;
/** `aten::mv(Tensor self, Tensor vec) -> Tensor` */
export const mv: TensorFunctions['mv'] = surface.mv;
/** `aten::mvlgamma(Tensor self, int p) -> Tensor` */
export const mvlgamma: TensorFunctions['mvlgamma'] = surface.mvlgamma;
/** `aten::mvlgamma_(Tensor(a!) self, int p) -> Tensor(a!)` */
export const mvlgamma_: TensorFunctions['mvlgamma_'] = surface.mvlgamma_;
/** `aten::nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor` */
export const nanToNum: TensorFunctions['nanToNum'] = surface.nanToNum;
/** `aten::nan_to_num_(Tensor(a!) self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor(a!)` */
export const nanToNum_: TensorFunctions['nanToNum_'] = surface.nanToNum_;
/** `aten::nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor` */
export const nanmean: TensorFunctions['nanmean'] = surface.nanmean;
/**
 * - `aten::nanmedian(Tensor self) -> Tensor`
 * - `aten::nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
 */
export const nanmedian: TensorFunctions['nanmedian'] = surface.nanmedian;
/**
 * - `aten::nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor`
 * - `aten::nanquantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor`
 */
export const nanquantile: TensorFunctions['nanquantile'] = surface.nanquantile;
/** `aten::nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor` */
export const nansum: TensorFunctions['nansum'] = surface.nansum;
/**
 * - `aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)`
 * - `aten::narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)`
 */
export const narrow: TensorFunctions['narrow'] = surface.narrow;
/** `aten::native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)` */
export const nativeBatchNorm: TensorFunctions['nativeBatchNorm'] = surface.nativeBatchNorm;
/** `aten::native_channel_shuffle(Tensor self, SymInt groups) -> Tensor` */
export const nativeChannelShuffle: TensorFunctions['nativeChannelShuffle'] = surface.nativeChannelShuffle;
/** `aten::native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)` */
export const nativeDropout: TensorFunctions['nativeDropout'] = surface.nativeDropout;
/** `aten::native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group, float eps) -> (Tensor, Tensor, Tensor)` */
export const nativeGroupNorm: TensorFunctions['nativeGroupNorm'] = surface.nativeGroupNorm;
/** `aten::native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)` */
export const nativeLayerNorm: TensorFunctions['nativeLayerNorm'] = surface.nativeLayerNorm;
/**
 * - `aten::native_norm(Tensor self, Scalar p=2) -> Tensor`
 * - `aten::native_norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, ScalarType? dtype) -> Tensor`
 */
export const nativeNorm: TensorFunctions['nativeNorm'] = surface.nativeNorm;
/**
 * - `aten::ne.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::ne.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const ne: TensorFunctions['ne'] = surface.ne;
/**
 * - `aten::ne_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::ne_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const ne_: TensorFunctions['ne_'] = surface.ne_;
/** `aten::neg(Tensor self) -> Tensor` */
export const neg: TensorFunctions['neg'] = surface.neg;
/** `aten::neg_(Tensor(a!) self) -> Tensor(a!)` */
export const neg_: TensorFunctions['neg_'] = surface.neg_;
/** `aten::negative(Tensor self) -> Tensor` */
export const negative: TensorFunctions['negative'] = surface.negative;
/** `aten::negative_(Tensor(a!) self) -> Tensor(a!)` */
export const negative_: TensorFunctions['negative_'] = surface.negative_;
/** `aten::new_empty(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const newEmpty: TensorFunctions['newEmpty'] = surface.newEmpty;
/** `aten::new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const newEmptyStrided: TensorFunctions['newEmptyStrided'] = surface.newEmptyStrided;
/** `aten::new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const newFull: TensorFunctions['newFull'] = surface.newFull;
/** `aten::new_ones(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const newOnes: TensorFunctions['newOnes'] = surface.newOnes;
/** `aten::new_zeros(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const newZeros: TensorFunctions['newZeros'] = surface.newZeros;
/** `aten::nextafter(Tensor self, Tensor other) -> Tensor` */
export const nextafter: TensorFunctions['nextafter'] = surface.nextafter;
/** `aten::nextafter_(Tensor(a!) self, Tensor other) -> Tensor(a!)` */
export const nextafter_: TensorFunctions['nextafter_'] = surface.nextafter_;
/** `aten::nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor` */
export const nllLoss: TensorFunctions['nllLoss'] = surface.nllLoss;
/** `aten::nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor` */
export const nllLoss2d: TensorFunctions['nllLoss2d'] = surface.nllLoss2d;
/** `aten::nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)` */
export const nllLoss2dForward: TensorFunctions['nllLoss2dForward'] = surface.nllLoss2dForward;
/** `aten::nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)` */
export const nllLossForward: TensorFunctions['nllLossForward'] = surface.nllLossForward;
/** `aten::nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor` */
export const nllLossNd: TensorFunctions['nllLossNd'] = surface.nllLossNd;
/** `aten::nonzero_numpy(Tensor self) -> Tensor[]` */
export const nonzeroNumpy: TensorFunctions['nonzeroNumpy'] = surface.nonzeroNumpy;
/** `aten::nonzero_static(Tensor self, *, SymInt size, int fill_value=-1) -> Tensor` */
export const nonzeroStatic: TensorFunctions['nonzeroStatic'] = surface.nonzeroStatic;
/** `aten::norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor` */
export const normExceptDim: TensorFunctions['normExceptDim'] = surface.normExceptDim;
/**
 * - `aten::normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor`
 * - `aten::normal.Tensor_float(Tensor mean, float std=1., *, Generator? generator=None) -> Tensor`
 * - `aten::normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None) -> Tensor`
 * - `aten::normal.float_float(float mean, float std, SymInt[] size, *, Generator? generator=None, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export const normal: TensorFunctions['normal'] = surface.normal;
/** `aten::normal_(Tensor(a!) self, float mean=0., float std=1., *, Generator? generator=None) -> Tensor(a!)` */
export const normal_: TensorFunctions['normal_'] = surface.normal_;
/** `aten::normal_functional(Tensor self, float mean=0., float std=1., *, Generator? generator=None) -> Tensor` */
export const normalFunctional: TensorFunctions['normalFunctional'] = surface.normalFunctional;
/**
 * - `aten::not_equal.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::not_equal.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const notEqual: TensorFunctions['notEqual'] = surface.notEqual;
/**
 * - `aten::not_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::not_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const notEqual_: TensorFunctions['notEqual_'] = surface.notEqual_;
/**
 * - `aten::nuclear_norm(Tensor self, bool keepdim=False) -> Tensor`
 * - `aten::nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor`
 */
export const nuclearNorm: TensorFunctions['nuclearNorm'] = surface.nuclearNorm;
/** `aten::one_hot(Tensor self, int num_classes=-1) -> Tensor` */
export const oneHot: TensorFunctions['oneHot'] = surface.oneHot;
/** `aten::orgqr(Tensor self, Tensor input2) -> Tensor` */
export const orgqr: TensorFunctions['orgqr'] = surface.orgqr;
/** `aten::ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor` */
export const ormqr: TensorFunctions['ormqr'] = surface.ormqr;
/** `aten::outer(Tensor self, Tensor vec2) -> Tensor` */
export const outer: TensorFunctions['outer'] = surface.outer;
/** `aten::output_nr(Tensor self) -> int` */
export const outputNr: TensorFunctions['outputNr'] = surface.outputNr;
/** `aten::pad(Tensor self, SymInt[] pad, str mode="constant", float? value=None) -> Tensor` */
export const pad: TensorFunctions['pad'] = surface.pad;
/** `aten::pad_sequence(Tensor[] sequences, bool batch_first=False, float padding_value=0., str padding_side="right") -> Tensor` */
export const padSequence: TensorFunctions['padSequence'] = surface.padSequence;
/** `aten::pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=9.9999999999999995e-07, bool keepdim=False) -> Tensor` */
export const pairwiseDistance: TensorFunctions['pairwiseDistance'] = surface.pairwiseDistance;
/** `aten::pdist(Tensor self, float p=2.) -> Tensor` */
export const pdist: TensorFunctions['pdist'] = surface.pdist;
/** `aten::permute(Tensor(a) self, int[] dims) -> Tensor(a)` */
export const permute: TensorFunctions['permute'] = surface.permute;
/** `aten::pin_memory(Tensor(a) self, Device? device=None) -> Tensor(a)` */
export const pinMemory: TensorFunctions['pinMemory'] = surface.pinMemory;
/** `aten::pinverse(Tensor self, float rcond=1.0000000000000001e-15) -> Tensor` */
export const pinverse: TensorFunctions['pinverse'] = surface.pinverse;
/** `aten::pixel_shuffle(Tensor self, int upscale_factor) -> Tensor` */
export const pixelShuffle: TensorFunctions['pixelShuffle'] = surface.pixelShuffle;
/** `aten::pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor` */
export const pixelUnshuffle: TensorFunctions['pixelUnshuffle'] = surface.pixelUnshuffle;
/** `aten::poisson(Tensor self, Generator? generator=None) -> Tensor` */
export const poisson: TensorFunctions['poisson'] = surface.poisson;
/** `aten::poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction) -> Tensor` */
export const poissonNllLoss: TensorFunctions['poissonNllLoss'] = surface.poissonNllLoss;
/** `aten::polar(Tensor abs, Tensor angle) -> Tensor` */
export const polar: TensorFunctions['polar'] = surface.polar;
/** `aten::polygamma(int n, Tensor self) -> Tensor` */
export const polygamma: TensorFunctions['polygamma'] = surface.polygamma;
/** `aten::polygamma_(Tensor(a!) self, int n) -> Tensor(a!)` */
export const polygamma_: TensorFunctions['polygamma_'] = surface.polygamma_;
/** `aten::positive(Tensor(a) self) -> Tensor(a)` */
export const positive: TensorFunctions['positive'] = surface.positive;
/**
 * - `aten::pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor`
 * - `aten::pow.Scalar(Scalar self, Tensor exponent) -> Tensor`
 * - `aten::pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor`
 */
export const pow: TensorFunctions['pow'] = surface.pow;
/**
 * - `aten::pow_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)`
 * - `aten::pow_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)`
 */
export const pow_: TensorFunctions['pow_'] = surface.pow_;
/** `aten::prelu(Tensor self, Tensor weight) -> Tensor` */
export const prelu: TensorFunctions['prelu'] = surface.prelu;
/**
 * - `aten::prod(Tensor self, *, ScalarType? dtype=None) -> Tensor`
 * - `aten::prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
 */
export const prod: TensorFunctions['prod'] = surface.prod;
/** `aten::promote_types(ScalarType type1, ScalarType type2) -> ScalarType` */
export const promoteTypes: TensorFunctions['promoteTypes'] = surface.promoteTypes;
/** `aten::put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor` */
export const put: TensorFunctions['put'] = surface.put;
/** `aten::put_(Tensor(a!) self, Tensor index, Tensor source, bool accumulate=False) -> Tensor(a!)` */
export const put_: TensorFunctions['put_'] = surface.put_;
/** `aten::qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)` */
export const qr: TensorFunctions['qr'] = surface.qr;
/**
 * - `aten::quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor`
 * - `aten::quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor`
 */
export const quantile: TensorFunctions['quantile'] = surface.quantile;
/** `aten::quantize_per_channel(Tensor self, Tensor scales, Tensor zero_points, int axis, ScalarType dtype) -> Tensor` */
export const quantizePerChannel: TensorFunctions['quantizePerChannel'] = surface.quantizePerChannel;
/**
 * - `aten::quantize_per_tensor(Tensor self, float scale, int zero_point, ScalarType dtype) -> Tensor`
 * - `aten::quantize_per_tensor.tensor_qparams(Tensor self, Tensor scale, Tensor zero_point, ScalarType dtype) -> Tensor`
 * - `aten::quantize_per_tensor.tensors(Tensor[] tensors, Tensor scales, Tensor zero_points, ScalarType dtype) -> Tensor[]`
 */
export const quantizePerTensor: TensorFunctions['quantizePerTensor'] = surface.quantizePerTensor;
/** `aten::quantize_per_tensor_dynamic(Tensor self, ScalarType dtype, bool reduce_range) -> Tensor` */
export const quantizePerTensorDynamic: TensorFunctions['quantizePerTensorDynamic'] = surface.quantizePerTensorDynamic;
/** `aten::rad2deg(Tensor self) -> Tensor` */
export const rad2deg: TensorFunctions['rad2deg'] = surface.rad2deg;
/** `aten::rad2deg_(Tensor(a!) self) -> Tensor(a!)` */
export const rad2deg_: TensorFunctions['rad2deg_'] = surface.rad2deg_;
/**
 * - `aten::randint_like(Tensor self, SymInt high, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
 * - `aten::randint_like.Tensor(Tensor self, Tensor high, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
 * - `aten::randint_like.Tensor_generator(Tensor self, Tensor high, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
 * - `aten::randint_like.generator(Tensor self, SymInt high, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
 * - `aten::randint_like.low_dtype(Tensor self, SymInt low, SymInt high, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
 * - `aten::randint_like.low_generator_dtype(Tensor self, SymInt low, SymInt high, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
 */
export const randintLike: TensorFunctions['randintLike'] = surface.randintLike;
/**
 * - `aten::random(Tensor self, *, Generator? generator=None) -> Tensor`
 * - `aten::random.to(Tensor self, int to, *, Generator? generator=None) -> Tensor`
 * - `aten::random.from(Tensor self, int from, int? to, *, Generator? generator=None) -> Tensor`
 */
export const random: TensorFunctions['random'] = surface.random;
/**
 * - `aten::random_(Tensor(a!) self, *, Generator? generator=None) -> Tensor(a!)`
 * - `aten::random_.to(Tensor(a!) self, int to, *, Generator? generator=None) -> Tensor(a!)`
 * - `aten::random_.from(Tensor(a!) self, int from, int? to, *, Generator? generator=None) -> Tensor(a!)`
 */
export const random_: TensorFunctions['random_'] = surface.random_;
/** `aten::ravel(Tensor(a) self) -> Tensor(a)` */
export const ravel: TensorFunctions['ravel'] = surface.ravel;
/** `aten::real(Tensor(a) self) -> Tensor(a)` */
export const real: TensorFunctions['real'] = surface.real;
/** `aten::reciprocal(Tensor self) -> Tensor` */
export const reciprocal: TensorFunctions['reciprocal'] = surface.reciprocal;
/** `aten::reciprocal_(Tensor(a!) self) -> Tensor(a!)` */
export const reciprocal_: TensorFunctions['reciprocal_'] = surface.reciprocal_;
/** `aten::reflection_pad1d(Tensor self, SymInt[2] padding) -> Tensor` */
export const reflectionPad1d: TensorFunctions['reflectionPad1d'] = surface.reflectionPad1d;
/** `aten::reflection_pad2d(Tensor self, SymInt[4] padding) -> Tensor` */
export const reflectionPad2d: TensorFunctions['reflectionPad2d'] = surface.reflectionPad2d;
/** `aten::reflection_pad3d(Tensor self, SymInt[6] padding) -> Tensor` */
export const reflectionPad3d: TensorFunctions['reflectionPad3d'] = surface.reflectionPad3d;
/** `aten::relu(Tensor self) -> Tensor` */
export const relu: TensorFunctions['relu'] = surface.relu;
/** `aten::relu6(Tensor self) -> Tensor` */
export const relu6: TensorFunctions['relu6'] = surface.relu6;
/** `aten::relu6_(Tensor(a!) self) -> Tensor(a!)` */
export const relu6_: TensorFunctions['relu6_'] = surface.relu6_;
/** `aten::relu_(Tensor(a!) self) -> Tensor(a!)` */
export const relu_: TensorFunctions['relu_'] = surface.relu_;
/**
 * - `aten::remainder.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::remainder.Scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor`
 */
export const remainder: TensorFunctions['remainder'] = surface.remainder;
/**
 * - `aten::remainder_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::remainder_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const remainder_: TensorFunctions['remainder_'] = surface.remainder_;
/** `aten::renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor` */
export const renorm: TensorFunctions['renorm'] = surface.renorm;
/** `aten::renorm_(Tensor(a!) self, Scalar p, int dim, Scalar maxnorm) -> Tensor(a!)` */
export const renorm_: TensorFunctions['renorm_'] = surface.renorm_;
/** `aten::repeat(Tensor self, SymInt[] repeats) -> Tensor` */
export const repeat: TensorFunctions['repeat'] = surface.repeat;
/**
 * - `aten::repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor`
 * - `aten::repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor`
 * - `aten::repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor`
 */
export const repeatInterleave: TensorFunctions['repeatInterleave'] = surface.repeatInterleave;
/** `aten::replication_pad1d(Tensor self, SymInt[2] padding) -> Tensor` */
export const replicationPad1d: TensorFunctions['replicationPad1d'] = surface.replicationPad1d;
/** `aten::replication_pad2d(Tensor self, SymInt[4] padding) -> Tensor` */
export const replicationPad2d: TensorFunctions['replicationPad2d'] = surface.replicationPad2d;
/** `aten::replication_pad3d(Tensor self, SymInt[6] padding) -> Tensor` */
export const replicationPad3d: TensorFunctions['replicationPad3d'] = surface.replicationPad3d;
/** `aten::requires_grad_(Tensor(a!) self, bool requires_grad=True) -> Tensor(a!)` */
export const requiresGrad_: TensorFunctions['requiresGrad_'] = surface.requiresGrad_;
/** `aten::reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)` */
export const reshape: TensorFunctions['reshape'] = surface.reshape;
/** `aten::reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)` */
export const reshapeAs: TensorFunctions['reshapeAs'] = surface.reshapeAs;
/** `aten::resize(Tensor self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor` */
export const resize: TensorFunctions['resize'] = surface.resize;
/** `aten::resize_(Tensor(a!) self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor(a!)` */
export const resize_: TensorFunctions['resize_'] = surface.resize_;
/** `aten::resize_as(Tensor self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor` */
export const resizeAs: TensorFunctions['resizeAs'] = surface.resizeAs;
/** `aten::resize_as_(Tensor(a!) self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor(a!)` */
export const resizeAs_: TensorFunctions['resizeAs_'] = surface.resizeAs_;
/** `aten::resize_as_sparse(Tensor self, Tensor the_template) -> Tensor` */
export const resizeAsSparse: TensorFunctions['resizeAsSparse'] = surface.resizeAsSparse;
/** `aten::resize_as_sparse_(Tensor(a!) self, Tensor the_template) -> Tensor(a!)` */
export const resizeAsSparse_: TensorFunctions['resizeAsSparse_'] = surface.resizeAsSparse_;
/** `aten::resolve_conj(Tensor(a) self) -> Tensor(a)` */
export const resolveConj: TensorFunctions['resolveConj'] = surface.resolveConj;
/** `aten::resolve_neg(Tensor(a) self) -> Tensor(a)` */
export const resolveNeg: TensorFunctions['resolveNeg'] = surface.resolveNeg;
/**
 * - `aten::result_type.Tensor(Tensor tensor, Tensor other) -> ScalarType`
 * - `aten::result_type.Scalar(Tensor tensor, Scalar other) -> ScalarType`
 * - `aten::result_type.Scalar_Tensor(Scalar scalar, Tensor tensor) -> ScalarType`
 */
export const resultType: TensorFunctions['resultType'] = surface.resultType;
/** `aten::retain_grad(Tensor(a!) self) -> ()` */
export const retainGrad: TensorFunctions['retainGrad'] = surface.retainGrad;
/** `aten::retains_grad(Tensor self) -> bool` */
export const retainsGrad: TensorFunctions['retainsGrad'] = surface.retainsGrad;
/** `aten::rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor` */
export const rmsNorm: TensorFunctions['rmsNorm'] = surface.rmsNorm;
/**
 * - `aten::rnn_relu.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)`
 * - `aten::rnn_relu.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)`
 */
export const rnnRelu: TensorFunctions['rnnRelu'] = surface.rnnRelu;
/** `aten::rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor` */
export const rnnReluCell: TensorFunctions['rnnReluCell'] = surface.rnnReluCell;
/**
 * - `aten::rnn_tanh.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)`
 * - `aten::rnn_tanh.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)`
 */
export const rnnTanh: TensorFunctions['rnnTanh'] = surface.rnnTanh;
/** `aten::rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor` */
export const rnnTanhCell: TensorFunctions['rnnTanhCell'] = surface.rnnTanhCell;
/** `aten::roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor` */
export const roll: TensorFunctions['roll'] = surface.roll;
/** `aten::rot90(Tensor self, int k=1, int[] dims=[0, 1]) -> Tensor` */
export const rot90: TensorFunctions['rot90'] = surface.rot90;
/**
 * - `aten::round(Tensor self) -> Tensor`
 * - `aten::round.decimals(Tensor self, *, int decimals) -> Tensor`
 */
export const round: TensorFunctions['round'] = surface.round;
/**
 * - `aten::round_(Tensor(a!) self) -> Tensor(a!)`
 * - `aten::round_.decimals(Tensor(a!) self, *, int decimals) -> Tensor(a!)`
 */
export const round_: TensorFunctions['round_'] = surface.round_;
/** `aten::row_indices(Tensor(a) self) -> Tensor(a)` */
export const rowIndices: TensorFunctions['rowIndices'] = surface.rowIndices;
/** `aten::row_stack(Tensor[] tensors) -> Tensor` */
export const rowStack: TensorFunctions['rowStack'] = surface.rowStack;
/** `aten::rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor` */
export const rrelu: TensorFunctions['rrelu'] = surface.rrelu;
/** `aten::rrelu_(Tensor(a!) self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor(a!)` */
export const rrelu_: TensorFunctions['rrelu_'] = surface.rrelu_;
/** `aten::rrelu_with_noise(Tensor self, Tensor(b!) noise, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor` */
export const rreluWithNoise: TensorFunctions['rreluWithNoise'] = surface.rreluWithNoise;
/** `aten::rrelu_with_noise_(Tensor(a!) self, Tensor(b!) noise, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor(a!)` */
export const rreluWithNoise_: TensorFunctions['rreluWithNoise_'] = surface.rreluWithNoise_;
/** `aten::rrelu_with_noise_functional(Tensor self, Tensor noise, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> (Tensor, Tensor noise_out)` */
export const rreluWithNoiseFunctional: TensorFunctions['rreluWithNoiseFunctional'] = surface.rreluWithNoiseFunctional;
/** `aten::rsqrt(Tensor self) -> Tensor` */
export const rsqrt: TensorFunctions['rsqrt'] = surface.rsqrt;
/** `aten::rsqrt_(Tensor(a!) self) -> Tensor(a!)` */
export const rsqrt_: TensorFunctions['rsqrt_'] = surface.rsqrt_;
/**
 * - `aten::rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
 * - `aten::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
 */
export const rsub: TensorFunctions['rsub'] = surface.rsub;
/** `aten::scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor` */
export const scaledDotProductAttention: TensorFunctions['scaledDotProductAttention'] = surface.scaledDotProductAttention;
/**
 * - `aten::scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor`
 * - `aten::scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor`
 * - `aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor`
 * - `aten::scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor`
 */
export const scatter: TensorFunctions['scatter'] = surface.scatter;
/**
 * - `aten::scatter_.src(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)`
 * - `aten::scatter_.reduce(Tensor(a!) self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor(a!)`
 * - `aten::scatter_.value(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)`
 * - `aten::scatter_.value_reduce(Tensor(a!) self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor(a!)`
 */
export const scatter_: TensorFunctions['scatter_'] = surface.scatter_;
/** `aten::scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor` */
export const scatterAdd: TensorFunctions['scatterAdd'] = surface.scatterAdd;
/** `aten::scatter_add_(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)` */
export const scatterAdd_: TensorFunctions['scatterAdd_'] = surface.scatterAdd_;
/** `aten::scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor` */
export const scatterReduce: TensorFunctions['scatterReduce'] = surface.scatterReduce;
/** `aten::scatter_reduce_.two(Tensor(a!) self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor(a!)` */
export const scatterReduce_: TensorFunctions['scatterReduce_'] = surface.scatterReduce_;
/**
 * - `aten::searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor`
 * - `aten::searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor`
 */
export const searchsorted: TensorFunctions['searchsorted'] = surface.searchsorted;
/** `aten::segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor` */
export const segmentReduce: TensorFunctions['segmentReduce'] = surface.segmentReduce;
/** `aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)` */
export const select: TensorFunctions['select'] = surface.select;
/** `aten::select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor` */
export const selectScatter: TensorFunctions['selectScatter'] = surface.selectScatter;
/** `aten::selu(Tensor self) -> Tensor` */
export const selu: TensorFunctions['selu'] = surface.selu;
/** `aten::selu_(Tensor(a!) self) -> Tensor(a!)` */
export const selu_: TensorFunctions['selu_'] = surface.selu_;
/**
 * - `aten::set(Tensor self) -> Tensor`
 * - `aten::set.source_Tensor(Tensor self, Tensor source) -> Tensor`
 */
export const set: TensorFunctions['set'] = surface.set;
/**
 * - `aten::set_(Tensor(a!) self) -> Tensor(a!)`
 * - `aten::set_.source_Tensor(Tensor(a!) self, Tensor source) -> Tensor(a!)`
 * - `aten::set_.source_Tensor_storage_offset(Tensor(a!) self, Tensor source, SymInt storage_offset, SymInt[] size, SymInt[] stride=[]) -> Tensor(a!)`
 */
export const set_: TensorFunctions['set_'] = surface.set_;
/** `aten::sgn(Tensor self) -> Tensor` */
export const sgn: TensorFunctions['sgn'] = surface.sgn;
/** `aten::sgn_(Tensor(a!) self) -> Tensor(a!)` */
export const sgn_: TensorFunctions['sgn_'] = surface.sgn_;
/** `aten::sigmoid(Tensor self) -> Tensor` */
export const sigmoid: TensorFunctions['sigmoid'] = surface.sigmoid;
/** `aten::sigmoid_(Tensor(a!) self) -> Tensor(a!)` */
export const sigmoid_: TensorFunctions['sigmoid_'] = surface.sigmoid_;
/** `aten::sign(Tensor self) -> Tensor` */
export const sign: TensorFunctions['sign'] = surface.sign;
/** `aten::sign_(Tensor(a!) self) -> Tensor(a!)` */
export const sign_: TensorFunctions['sign_'] = surface.sign_;
/** `aten::signbit(Tensor self) -> Tensor` */
export const signbit: TensorFunctions['signbit'] = surface.signbit;
/** `aten::silu(Tensor self) -> Tensor` */
export const silu: TensorFunctions['silu'] = surface.silu;
/** `aten::silu_(Tensor(a!) self) -> Tensor(a!)` */
export const silu_: TensorFunctions['silu_'] = surface.silu_;
/** `aten::sin(Tensor self) -> Tensor` */
export const sin: TensorFunctions['sin'] = surface.sin;
/** `aten::sin_(Tensor(a!) self) -> Tensor(a!)` */
export const sin_: TensorFunctions['sin_'] = surface.sin_;
/** `aten::sinc(Tensor self) -> Tensor` */
export const sinc: TensorFunctions['sinc'] = surface.sinc;
/** `aten::sinc_(Tensor(a!) self) -> Tensor(a!)` */
export const sinc_: TensorFunctions['sinc_'] = surface.sinc_;
/** `aten::sinh(Tensor self) -> Tensor` */
export const sinh: TensorFunctions['sinh'] = surface.sinh;
/** `aten::sinh_(Tensor(a!) self) -> Tensor(a!)` */
export const sinh_: TensorFunctions['sinh_'] = surface.sinh_;
/** `aten::slice_inverse(Tensor(a) self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)` */
export const sliceInverse: TensorFunctions['sliceInverse'] = surface.sliceInverse;
/** `aten::slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor` */
export const sliceScatter: TensorFunctions['sliceScatter'] = surface.sliceScatter;
/** `aten::slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)` */
export const slogdet: TensorFunctions['slogdet'] = surface.slogdet;
/** `aten::slow_conv3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0]) -> Tensor` */
export const slowConv3d: TensorFunctions['slowConv3d'] = surface.slowConv3d;
/** `aten::slow_conv3d_forward(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias, SymInt[3] stride, SymInt[3] padding) -> Tensor` */
export const slowConv3dForward: TensorFunctions['slowConv3dForward'] = surface.slowConv3dForward;
/** `aten::slow_conv_dilated2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1]) -> Tensor` */
export const slowConvDilated2d: TensorFunctions['slowConvDilated2d'] = surface.slowConvDilated2d;
/** `aten::slow_conv_dilated3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1]) -> Tensor` */
export const slowConvDilated3d: TensorFunctions['slowConvDilated3d'] = surface.slowConvDilated3d;
/** `aten::slow_conv_transpose2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] output_padding=[0, 0], SymInt[2] dilation=[1, 1]) -> Tensor` */
export const slowConvTranspose2d: TensorFunctions['slowConvTranspose2d'] = surface.slowConvTranspose2d;
/** `aten::slow_conv_transpose3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] output_padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1]) -> Tensor` */
export const slowConvTranspose3d: TensorFunctions['slowConvTranspose3d'] = surface.slowConvTranspose3d;
/** `aten::smm(Tensor self, Tensor mat2) -> Tensor` */
export const smm: TensorFunctions['smm'] = surface.smm;
/** `aten::smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor` */
export const smoothL1Loss: TensorFunctions['smoothL1Loss'] = surface.smoothL1Loss;
/** `aten::soft_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor` */
export const softMarginLoss: TensorFunctions['softMarginLoss'] = surface.softMarginLoss;
/** `aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor` */
export const softmax: TensorFunctions['softmax'] = surface.softmax;
/** `aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor` */
export const softplus: TensorFunctions['softplus'] = surface.softplus;
/** `aten::softshrink(Tensor self, Scalar lambd=0.5) -> Tensor` */
export const softshrink: TensorFunctions['softshrink'] = surface.softshrink;
/**
 * - `aten::sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)`
 * - `aten::sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)`
 */
export const sort: TensorFunctions['sort'] = surface.sort;
/**
 * - `aten::sparse_compressed_tensor.comp_plain_value(Tensor compressed_indices, Tensor plain_indices, Tensor values, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False) -> Tensor`
 * - `aten::sparse_compressed_tensor.comp_plain_value_size(Tensor compressed_indices, Tensor plain_indices, Tensor values, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False) -> Tensor`
 */
export const sparseCompressedTensor: TensorFunctions['sparseCompressedTensor'] = surface.sparseCompressedTensor;
/** `aten::sparse_dim(Tensor self) -> int` */
export const sparseDim: TensorFunctions['sparseDim'] = surface.sparseDim;
/** `aten::sparse_mask(Tensor self, Tensor mask) -> Tensor` */
export const sparseMask: TensorFunctions['sparseMask'] = surface.sparseMask;
/** `aten::sparse_resize(Tensor self, int[] size, int sparse_dim, int dense_dim) -> Tensor` */
export const sparseResize: TensorFunctions['sparseResize'] = surface.sparseResize;
/** `aten::sparse_resize_(Tensor(a!) self, int[] size, int sparse_dim, int dense_dim) -> Tensor(a!)` */
export const sparseResize_: TensorFunctions['sparseResize_'] = surface.sparseResize_;
/** `aten::sparse_resize_and_clear(Tensor self, int[] size, int sparse_dim, int dense_dim) -> Tensor` */
export const sparseResizeAndClear: TensorFunctions['sparseResizeAndClear'] = surface.sparseResizeAndClear;
/** `aten::sparse_resize_and_clear_(Tensor(a!) self, int[] size, int sparse_dim, int dense_dim) -> Tensor(a!)` */
export const sparseResizeAndClear_: TensorFunctions['sparseResizeAndClear_'] = surface.sparseResizeAndClear_;
/** `aten::sparse_sampled_addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor` */
export const sparseSampledAddmm: TensorFunctions['sparseSampledAddmm'] = surface.sparseSampledAddmm;
/** `aten::special_airy_ai(Tensor x) -> Tensor` */
export const specialAiryAi: TensorFunctions['specialAiryAi'] = surface.specialAiryAi;
/** `aten::special_bessel_j0(Tensor self) -> Tensor` */
export const specialBesselJ0: TensorFunctions['specialBesselJ0'] = surface.specialBesselJ0;
/** `aten::special_bessel_j1(Tensor self) -> Tensor` */
export const specialBesselJ1: TensorFunctions['specialBesselJ1'] = surface.specialBesselJ1;
/** `aten::special_bessel_y0(Tensor self) -> Tensor` */
export const specialBesselY0: TensorFunctions['specialBesselY0'] = surface.specialBesselY0;
/** `aten::special_bessel_y1(Tensor self) -> Tensor` */
export const specialBesselY1: TensorFunctions['specialBesselY1'] = surface.specialBesselY1;
/**
 * - `aten::special_chebyshev_polynomial_t(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_chebyshev_polynomial_t.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_chebyshev_polynomial_t.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialChebyshevPolynomialT: TensorFunctions['specialChebyshevPolynomialT'] = surface.specialChebyshevPolynomialT;
/**
 * - `aten::special_chebyshev_polynomial_u(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_chebyshev_polynomial_u.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_chebyshev_polynomial_u.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialChebyshevPolynomialU: TensorFunctions['specialChebyshevPolynomialU'] = surface.specialChebyshevPolynomialU;
/**
 * - `aten::special_chebyshev_polynomial_v(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_chebyshev_polynomial_v.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_chebyshev_polynomial_v.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialChebyshevPolynomialV: TensorFunctions['specialChebyshevPolynomialV'] = surface.specialChebyshevPolynomialV;
/**
 * - `aten::special_chebyshev_polynomial_w(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_chebyshev_polynomial_w.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_chebyshev_polynomial_w.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialChebyshevPolynomialW: TensorFunctions['specialChebyshevPolynomialW'] = surface.specialChebyshevPolynomialW;
/** `aten::special_digamma(Tensor self) -> Tensor` */
export const specialDigamma: TensorFunctions['specialDigamma'] = surface.specialDigamma;
/** `aten::special_entr(Tensor self) -> Tensor` */
export const specialEntr: TensorFunctions['specialEntr'] = surface.specialEntr;
/** `aten::special_erf(Tensor self) -> Tensor` */
export const specialErf: TensorFunctions['specialErf'] = surface.specialErf;
/** `aten::special_erfc(Tensor self) -> Tensor` */
export const specialErfc: TensorFunctions['specialErfc'] = surface.specialErfc;
/** `aten::special_erfcx(Tensor self) -> Tensor` */
export const specialErfcx: TensorFunctions['specialErfcx'] = surface.specialErfcx;
/** `aten::special_erfinv(Tensor self) -> Tensor` */
export const specialErfinv: TensorFunctions['specialErfinv'] = surface.specialErfinv;
/** `aten::special_exp2(Tensor self) -> Tensor` */
export const specialExp2: TensorFunctions['specialExp2'] = surface.specialExp2;
/** `aten::special_expit(Tensor self) -> Tensor` */
export const specialExpit: TensorFunctions['specialExpit'] = surface.specialExpit;
/** `aten::special_expm1(Tensor self) -> Tensor` */
export const specialExpm1: TensorFunctions['specialExpm1'] = surface.specialExpm1;
/** `aten::special_gammainc(Tensor self, Tensor other) -> Tensor` */
export const specialGammainc: TensorFunctions['specialGammainc'] = surface.specialGammainc;
/** `aten::special_gammaincc(Tensor self, Tensor other) -> Tensor` */
export const specialGammaincc: TensorFunctions['specialGammaincc'] = surface.specialGammaincc;
/** `aten::special_gammaln(Tensor self) -> Tensor` */
export const specialGammaln: TensorFunctions['specialGammaln'] = surface.specialGammaln;
/**
 * - `aten::special_hermite_polynomial_h(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_hermite_polynomial_h.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_hermite_polynomial_h.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialHermitePolynomialH: TensorFunctions['specialHermitePolynomialH'] = surface.specialHermitePolynomialH;
/**
 * - `aten::special_hermite_polynomial_he(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_hermite_polynomial_he.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_hermite_polynomial_he.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialHermitePolynomialHe: TensorFunctions['specialHermitePolynomialHe'] = surface.specialHermitePolynomialHe;
/** `aten::special_i0(Tensor self) -> Tensor` */
export const specialI0: TensorFunctions['specialI0'] = surface.specialI0;
/** `aten::special_i0e(Tensor self) -> Tensor` */
export const specialI0e: TensorFunctions['specialI0e'] = surface.specialI0e;
/** `aten::special_i1(Tensor self) -> Tensor` */
export const specialI1: TensorFunctions['specialI1'] = surface.specialI1;
/** `aten::special_i1e(Tensor self) -> Tensor` */
export const specialI1e: TensorFunctions['specialI1e'] = surface.specialI1e;
/**
 * - `aten::special_laguerre_polynomial_l(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_laguerre_polynomial_l.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_laguerre_polynomial_l.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialLaguerrePolynomialL: TensorFunctions['specialLaguerrePolynomialL'] = surface.specialLaguerrePolynomialL;
/**
 * - `aten::special_legendre_polynomial_p(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_legendre_polynomial_p.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_legendre_polynomial_p.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialLegendrePolynomialP: TensorFunctions['specialLegendrePolynomialP'] = surface.specialLegendrePolynomialP;
/** `aten::special_log1p(Tensor self) -> Tensor` */
export const specialLog1p: TensorFunctions['specialLog1p'] = surface.specialLog1p;
/** `aten::special_log_ndtr(Tensor self) -> Tensor` */
export const specialLogNdtr: TensorFunctions['specialLogNdtr'] = surface.specialLogNdtr;
/** `aten::special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor` */
export const specialLogSoftmax: TensorFunctions['specialLogSoftmax'] = surface.specialLogSoftmax;
/** `aten::special_logit(Tensor self, float? eps=None) -> Tensor` */
export const specialLogit: TensorFunctions['specialLogit'] = surface.specialLogit;
/** `aten::special_logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor` */
export const specialLogsumexp: TensorFunctions['specialLogsumexp'] = surface.specialLogsumexp;
/** `aten::special_modified_bessel_i0(Tensor self) -> Tensor` */
export const specialModifiedBesselI0: TensorFunctions['specialModifiedBesselI0'] = surface.specialModifiedBesselI0;
/** `aten::special_modified_bessel_i1(Tensor self) -> Tensor` */
export const specialModifiedBesselI1: TensorFunctions['specialModifiedBesselI1'] = surface.specialModifiedBesselI1;
/** `aten::special_modified_bessel_k0(Tensor self) -> Tensor` */
export const specialModifiedBesselK0: TensorFunctions['specialModifiedBesselK0'] = surface.specialModifiedBesselK0;
/** `aten::special_modified_bessel_k1(Tensor self) -> Tensor` */
export const specialModifiedBesselK1: TensorFunctions['specialModifiedBesselK1'] = surface.specialModifiedBesselK1;
/** `aten::special_multigammaln(Tensor self, int p) -> Tensor` */
export const specialMultigammaln: TensorFunctions['specialMultigammaln'] = surface.specialMultigammaln;
/** `aten::special_ndtr(Tensor self) -> Tensor` */
export const specialNdtr: TensorFunctions['specialNdtr'] = surface.specialNdtr;
/** `aten::special_ndtri(Tensor self) -> Tensor` */
export const specialNdtri: TensorFunctions['specialNdtri'] = surface.specialNdtri;
/** `aten::special_polygamma(int n, Tensor self) -> Tensor` */
export const specialPolygamma: TensorFunctions['specialPolygamma'] = surface.specialPolygamma;
/** `aten::special_psi(Tensor self) -> Tensor` */
export const specialPsi: TensorFunctions['specialPsi'] = surface.specialPsi;
/** `aten::special_round(Tensor self, *, int decimals=0) -> Tensor` */
export const specialRound: TensorFunctions['specialRound'] = surface.specialRound;
/** `aten::special_scaled_modified_bessel_k0(Tensor x) -> Tensor` */
export const specialScaledModifiedBesselK0: TensorFunctions['specialScaledModifiedBesselK0'] = surface.specialScaledModifiedBesselK0;
/** `aten::special_scaled_modified_bessel_k1(Tensor x) -> Tensor` */
export const specialScaledModifiedBesselK1: TensorFunctions['specialScaledModifiedBesselK1'] = surface.specialScaledModifiedBesselK1;
/**
 * - `aten::special_shifted_chebyshev_polynomial_t(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_shifted_chebyshev_polynomial_t.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_shifted_chebyshev_polynomial_t.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialShiftedChebyshevPolynomialT: TensorFunctions['specialShiftedChebyshevPolynomialT'] = surface.specialShiftedChebyshevPolynomialT;
/**
 * - `aten::special_shifted_chebyshev_polynomial_u(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_shifted_chebyshev_polynomial_u.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_shifted_chebyshev_polynomial_u.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialShiftedChebyshevPolynomialU: TensorFunctions['specialShiftedChebyshevPolynomialU'] = surface.specialShiftedChebyshevPolynomialU;
/**
 * - `aten::special_shifted_chebyshev_polynomial_v(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_shifted_chebyshev_polynomial_v.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_shifted_chebyshev_polynomial_v.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialShiftedChebyshevPolynomialV: TensorFunctions['specialShiftedChebyshevPolynomialV'] = surface.specialShiftedChebyshevPolynomialV;
/**
 * - `aten::special_shifted_chebyshev_polynomial_w(Tensor x, Tensor n) -> Tensor`
 * - `aten::special_shifted_chebyshev_polynomial_w.n_scalar(Tensor x, Scalar n) -> Tensor`
 * - `aten::special_shifted_chebyshev_polynomial_w.x_scalar(Scalar x, Tensor n) -> Tensor`
 */
export const specialShiftedChebyshevPolynomialW: TensorFunctions['specialShiftedChebyshevPolynomialW'] = surface.specialShiftedChebyshevPolynomialW;
/** `aten::special_sinc(Tensor self) -> Tensor` */
export const specialSinc: TensorFunctions['specialSinc'] = surface.specialSinc;
/** `aten::special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor` */
export const specialSoftmax: TensorFunctions['specialSoftmax'] = surface.specialSoftmax;
/** `aten::special_spherical_bessel_j0(Tensor x) -> Tensor` */
export const specialSphericalBesselJ0: TensorFunctions['specialSphericalBesselJ0'] = surface.specialSphericalBesselJ0;
/**
 * - `aten::special_xlog1py(Tensor self, Tensor other) -> Tensor`
 * - `aten::special_xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor`
 */
export const specialXlog1py: TensorFunctions['specialXlog1py'] = surface.specialXlog1py;
/**
 * - `aten::special_xlogy(Tensor self, Tensor other) -> Tensor`
 * - `aten::special_xlogy.other_scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::special_xlogy.self_scalar(Scalar self, Tensor other) -> Tensor`
 */
export const specialXlogy: TensorFunctions['specialXlogy'] = surface.specialXlogy;
/**
 * - `aten::special_zeta(Tensor self, Tensor other) -> Tensor`
 * - `aten::special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor`
 * - `aten::special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor`
 */
export const specialZeta: TensorFunctions['specialZeta'] = surface.specialZeta;
/**
 * - `aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]`
 * - `aten::split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]`
 */
export const split: TensorFunctions['split'] = surface.split;
/** `aten::split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]` */
export const splitWithSizes: TensorFunctions['splitWithSizes'] = surface.splitWithSizes;
/** `aten::sqrt(Tensor self) -> Tensor` */
export const sqrt: TensorFunctions['sqrt'] = surface.sqrt;
/** `aten::sqrt_(Tensor(a!) self) -> Tensor(a!)` */
export const sqrt_: TensorFunctions['sqrt_'] = surface.sqrt_;
/** `aten::square(Tensor self) -> Tensor` */
export const square: TensorFunctions['square'] = surface.square;
/** `aten::square_(Tensor(a!) self) -> Tensor(a!)` */
export const square_: TensorFunctions['square_'] = surface.square_;
/**
 * - `aten::squeeze(Tensor(a) self) -> Tensor(a)`
 * - `aten::squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)`
 * - `aten::squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)`
 */
export const squeeze: TensorFunctions['squeeze'] = surface.squeeze;
/**
 * - `aten::squeeze_(Tensor(a!) self) -> Tensor(a!)`
 * - `aten::squeeze_.dim(Tensor(a!) self, int dim) -> Tensor(a!)`
 * - `aten::squeeze_.dims(Tensor(a!) self, int[] dim) -> Tensor(a!)`
 */
export const squeeze_: TensorFunctions['squeeze_'] = surface.squeeze_;
/** `aten::stack(Tensor[] tensors, int dim=0) -> Tensor` */
export const stack: TensorFunctions['stack'] = surface.stack;
/**
 * - `aten::std(Tensor self, bool unbiased=True) -> Tensor`
 * - `aten::std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor`
 * - `aten::std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor`
 */
export const std: TensorFunctions['std'] = surface.std;
/**
 * - `aten::std_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)`
 * - `aten::std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)`
 * - `aten::std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)`
 */
export const stdMean: TensorFunctions['stdMean'] = surface.stdMean;
/** `aten::storage_offset(Tensor self) -> int` */
export const storageOffset: TensorFunctions['storageOffset'] = surface.storageOffset;
/**
 * - `aten::sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
 * - `aten::sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
 */
export const sub: TensorFunctions['sub'] = surface.sub;
/**
 * - `aten::sub_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
 * - `aten::sub_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
 */
export const sub_: TensorFunctions['sub_'] = surface.sub_;
/**
 * - `aten::subtract.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
 * - `aten::subtract.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
 */
export const subtract: TensorFunctions['subtract'] = surface.subtract;
/**
 * - `aten::subtract_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
 * - `aten::subtract_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
 */
export const subtract_: TensorFunctions['subtract_'] = surface.subtract_;
/**
 * - `aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor`
 * - `aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
 */
export const sum: TensorFunctions['sum'] = surface.sum;
/** `aten::sum_to_size(Tensor self, SymInt[] size) -> Tensor` */
export const sumToSize: TensorFunctions['sumToSize'] = surface.sumToSize;
/** `aten::svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)` */
export const svd: TensorFunctions['svd'] = surface.svd;
/** `aten::swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)` */
export const swapaxes: TensorFunctions['swapaxes'] = surface.swapaxes;
/** `aten::swapaxes_(Tensor(a!) self, int axis0, int axis1) -> Tensor(a!)` */
export const swapaxes_: TensorFunctions['swapaxes_'] = surface.swapaxes_;
/** `aten::swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)` */
export const swapdims: TensorFunctions['swapdims'] = surface.swapdims;
/** `aten::swapdims_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)` */
export const swapdims_: TensorFunctions['swapdims_'] = surface.swapdims_;
/** `aten::t(Tensor(a) self) -> Tensor(a)` */
export const t: TensorFunctions['t'] = surface.t;
/** `aten::t_(Tensor(a!) self) -> Tensor(a!)` */
export const t_: TensorFunctions['t_'] = surface.t_;
/** `aten::take(Tensor self, Tensor index) -> Tensor` */
export const take: TensorFunctions['take'] = surface.take;
/** `aten::take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor` */
export const takeAlongDim: TensorFunctions['takeAlongDim'] = surface.takeAlongDim;
/** `aten::tan(Tensor self) -> Tensor` */
export const tan: TensorFunctions['tan'] = surface.tan;
/** `aten::tan_(Tensor(a!) self) -> Tensor(a!)` */
export const tan_: TensorFunctions['tan_'] = surface.tan_;
/** `aten::tanh(Tensor self) -> Tensor` */
export const tanh: TensorFunctions['tanh'] = surface.tanh;
/** `aten::tanh_(Tensor(a!) self) -> Tensor(a!)` */
export const tanh_: TensorFunctions['tanh_'] = surface.tanh_;
/**
 * - `aten::tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]`
 * - `aten::tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]`
 * - `aten::tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor(a)[]`
 */
export const tensorSplit: TensorFunctions['tensorSplit'] = surface.tensorSplit;
/** `aten::thnn_conv2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0]) -> Tensor` */
export const thnnConv2d: TensorFunctions['thnnConv2d'] = surface.thnnConv2d;
/** `aten::threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor` */
export const threshold: TensorFunctions['threshold'] = surface.threshold;
/** `aten::threshold_(Tensor(a!) self, Scalar threshold, Scalar value) -> Tensor(a!)` */
export const threshold_: TensorFunctions['threshold_'] = surface.threshold_;
/** `aten::tile(Tensor self, SymInt[] dims) -> Tensor` */
export const tile: TensorFunctions['tile'] = surface.tile;
/** `aten::to_dense(Tensor self, ScalarType? dtype=None, *, bool? masked_grad=None) -> Tensor` */
export const toDense: TensorFunctions['toDense'] = surface.toDense;
/** `aten::to_padded_tensor(Tensor self, float padding, SymInt[]? output_size=None) -> Tensor` */
export const toPaddedTensor: TensorFunctions['toPaddedTensor'] = surface.toPaddedTensor;
/**
 * - `aten::to_sparse.sparse_dim(Tensor self, int sparse_dim) -> Tensor`
 * - `aten::to_sparse(Tensor self, *, Layout? layout=None, int[2]? blocksize=None, int? dense_dim=None) -> Tensor`
 */
export const toSparse: TensorFunctions['toSparse'] = surface.toSparse;
/** `aten::to_sparse_bsc(Tensor self, int[2] blocksize, int? dense_dim=None) -> Tensor` */
export const toSparseBsc: TensorFunctions['toSparseBsc'] = surface.toSparseBsc;
/** `aten::to_sparse_bsr(Tensor self, int[2] blocksize, int? dense_dim=None) -> Tensor` */
export const toSparseBsr: TensorFunctions['toSparseBsr'] = surface.toSparseBsr;
/** `aten::to_sparse_csc(Tensor self, int? dense_dim=None) -> Tensor` */
export const toSparseCsc: TensorFunctions['toSparseCsc'] = surface.toSparseCsc;
/** `aten::to_sparse_csr(Tensor self, int? dense_dim=None) -> Tensor` */
export const toSparseCsr: TensorFunctions['toSparseCsr'] = surface.toSparseCsr;
/** `aten::topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)` */
export const topk: TensorFunctions['topk'] = surface.topk;
/** `aten::trace(Tensor self) -> Tensor` */
export const trace: TensorFunctions['trace'] = surface.trace;
/** `aten::transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)` */
export const transpose: TensorFunctions['transpose'] = surface.transpose;
/** `aten::transpose_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)` */
export const transpose_: TensorFunctions['transpose_'] = surface.transpose_;
/**
 * - `aten::trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor`
 * - `aten::trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor`
 */
export const trapezoid: TensorFunctions['trapezoid'] = surface.trapezoid;
/**
 * - `aten::trapz.dx(Tensor y, *, float dx=1., int dim=-1) -> Tensor`
 * - `aten::trapz.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor`
 */
export const trapz: TensorFunctions['trapz'] = surface.trapz;
/** `aten::triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)` */
export const triangularSolve: TensorFunctions['triangularSolve'] = surface.triangularSolve;
/** `aten::tril(Tensor self, SymInt diagonal=0) -> Tensor` */
export const tril: TensorFunctions['tril'] = surface.tril;
/** `aten::tril_(Tensor(a!) self, SymInt diagonal=0) -> Tensor(a!)` */
export const tril_: TensorFunctions['tril_'] = surface.tril_;
/** `aten::tril_indices(int row, int col, int offset=0, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const trilIndices: TensorFunctions['trilIndices'] = surface.trilIndices;
/** `aten::triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1., float p=2., float eps=9.9999999999999995e-07, bool swap=False, int reduction=1) -> Tensor` */
export const tripletMarginLoss: TensorFunctions['tripletMarginLoss'] = surface.tripletMarginLoss;
/** `aten::triu(Tensor self, SymInt diagonal=0) -> Tensor` */
export const triu: TensorFunctions['triu'] = surface.triu;
/** `aten::triu_(Tensor(a!) self, SymInt diagonal=0) -> Tensor(a!)` */
export const triu_: TensorFunctions['triu_'] = surface.triu_;
/** `aten::triu_indices(int row, int col, int offset=0, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor` */
export const triuIndices: TensorFunctions['triuIndices'] = surface.triuIndices;
/**
 * - `aten::true_divide.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::true_divide.Scalar(Tensor self, Scalar other) -> Tensor`
 */
export const trueDivide: TensorFunctions['trueDivide'] = surface.trueDivide;
/**
 * - `aten::true_divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::true_divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const trueDivide_: TensorFunctions['trueDivide_'] = surface.trueDivide_;
/** `aten::trunc(Tensor self) -> Tensor` */
export const trunc: TensorFunctions['trunc'] = surface.trunc;
/** `aten::trunc_(Tensor(a!) self) -> Tensor(a!)` */
export const trunc_: TensorFunctions['trunc_'] = surface.trunc_;
/** `aten::type_as(Tensor self, Tensor other) -> Tensor` */
export const typeAs: TensorFunctions['typeAs'] = surface.typeAs;
/** `aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]` */
export const unbind: TensorFunctions['unbind'] = surface.unbind;
/** `aten::unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)` */
export const unflatten: TensorFunctions['unflatten'] = surface.unflatten;
/** `aten::unflatten_dense_tensors(Tensor flat, Tensor[] tensors) -> Tensor[]` */
export const unflattenDenseTensors: TensorFunctions['unflattenDenseTensors'] = surface.unflattenDenseTensors;
/** `aten::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)` */
export const unfold: TensorFunctions['unfold'] = surface.unfold;
/** `aten::uniform(Tensor self, float from=0., float to=1., *, Generator? generator=None) -> Tensor` */
export const uniform: TensorFunctions['uniform'] = surface.uniform;
/** `aten::uniform_(Tensor(a!) self, float from=0., float to=1., *, Generator? generator=None) -> Tensor(a!)` */
export const uniform_: TensorFunctions['uniform_'] = surface.uniform_;
/** `aten::unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]` */
export const unsafeChunk: TensorFunctions['unsafeChunk'] = surface.unsafeChunk;
/** `aten::unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]` */
export const unsafeSplit: TensorFunctions['unsafeSplit'] = surface.unsafeSplit;
/** `aten::unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]` */
export const unsafeSplitWithSizes: TensorFunctions['unsafeSplitWithSizes'] = surface.unsafeSplitWithSizes;
/** `aten::unsqueeze(Tensor(a) self, int dim) -> Tensor(a)` */
export const unsqueeze: TensorFunctions['unsqueeze'] = surface.unsqueeze;
/** `aten::unsqueeze_(Tensor(a!) self, int dim) -> Tensor(a!)` */
export const unsqueeze_: TensorFunctions['unsqueeze_'] = surface.unsqueeze_;
/**
 * - `aten::upsample_bicubic2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor`
 * - `aten::upsample_bicubic2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor`
 */
export const upsampleBicubic2d: TensorFunctions['upsampleBicubic2d'] = surface.upsampleBicubic2d;
/**
 * - `aten::upsample_bilinear2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor`
 * - `aten::upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor`
 */
export const upsampleBilinear2d: TensorFunctions['upsampleBilinear2d'] = surface.upsampleBilinear2d;
/**
 * - `aten::upsample_linear1d(Tensor self, SymInt[1] output_size, bool align_corners, float? scales=None) -> Tensor`
 * - `aten::upsample_linear1d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor`
 */
export const upsampleLinear1d: TensorFunctions['upsampleLinear1d'] = surface.upsampleLinear1d;
/**
 * - `aten::upsample_nearest1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor`
 * - `aten::upsample_nearest1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor`
 */
export const upsampleNearest1d: TensorFunctions['upsampleNearest1d'] = surface.upsampleNearest1d;
/**
 * - `aten::upsample_nearest2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor`
 * - `aten::upsample_nearest2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor`
 */
export const upsampleNearest2d: TensorFunctions['upsampleNearest2d'] = surface.upsampleNearest2d;
/**
 * - `aten::upsample_nearest3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor`
 * - `aten::upsample_nearest3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor`
 */
export const upsampleNearest3d: TensorFunctions['upsampleNearest3d'] = surface.upsampleNearest3d;
/**
 * - `aten::upsample_trilinear3d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor`
 * - `aten::upsample_trilinear3d(Tensor self, SymInt[3] output_size, bool align_corners, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor`
 */
export const upsampleTrilinear3d: TensorFunctions['upsampleTrilinear3d'] = surface.upsampleTrilinear3d;
/** `aten::values(Tensor(a) self) -> Tensor(a)` */
export const values: TensorFunctions['values'] = surface.values;
/** `aten::vander(Tensor x, int? N=None, bool increasing=False) -> Tensor` */
export const vander: TensorFunctions['vander'] = surface.vander;
/**
 * - `aten::var(Tensor self, bool unbiased=True) -> Tensor`
 * - `aten::var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor`
 * - `aten::var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor`
 */
export const var_: TensorFunctions['var'] = surface.var;
/**
 * - `aten::var_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)`
 * - `aten::var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)`
 * - `aten::var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)`
 */
export const varMean: TensorFunctions['varMean'] = surface.varMean;
/** `aten::vdot(Tensor self, Tensor other) -> Tensor` */
export const vdot: TensorFunctions['vdot'] = surface.vdot;
/**
 * - `aten::view(Tensor(a) self, SymInt[] size) -> Tensor(a)`
 * - `aten::view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)`
 */
export const view: TensorFunctions['view'] = surface.view;
/** `aten::view_as(Tensor(a) self, Tensor other) -> Tensor(a)` */
export const viewAs: TensorFunctions['viewAs'] = surface.viewAs;
/** `aten::view_as_complex(Tensor(a) self) -> Tensor(a)` */
export const viewAsComplex: TensorFunctions['viewAsComplex'] = surface.viewAsComplex;
/** `aten::view_as_real(Tensor(a) self) -> Tensor(a)` */
export const viewAsReal: TensorFunctions['viewAsReal'] = surface.viewAsReal;
/**
 * - `aten::vsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]`
 * - `aten::vsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]`
 */
export const vsplit: TensorFunctions['vsplit'] = surface.vsplit;
/** `aten::vstack(Tensor[] tensors) -> Tensor` */
export const vstack: TensorFunctions['vstack'] = surface.vstack;
/**
 * - `aten::where(Tensor condition) -> Tensor[]`
 * - `aten::where.self(Tensor condition, Tensor self, Tensor other) -> Tensor`
 * - `aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor`
 * - `aten::where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor`
 * - `aten::where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor`
 */
export const where: TensorFunctions['where'] = surface.where;
/**
 * - `aten::xlogy.Tensor(Tensor self, Tensor other) -> Tensor`
 * - `aten::xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor`
 * - `aten::xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor`
 */
export const xlogy: TensorFunctions['xlogy'] = surface.xlogy;
/**
 * - `aten::xlogy_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
 * - `aten::xlogy_.Scalar_Other(Tensor(a!) self, Scalar other) -> Tensor(a!)`
 */
export const xlogy_: TensorFunctions['xlogy_'] = surface.xlogy_;
/** `aten::zero(Tensor self) -> Tensor` */
export const zero: TensorFunctions['zero'] = surface.zero;
/** `aten::zero_(Tensor(a!) self) -> Tensor(a!)` */
export const zero_: TensorFunctions['zero_'] = surface.zero_;
export { var_ as var };
