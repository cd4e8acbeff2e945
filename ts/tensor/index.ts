/** `torch.*` without the layers: tensors, operators, autograd, modes, lifetimes, randomness, devices, files. */
import { backward, grads, setGrads } from './autograd/backward';
import { freedAt } from './memory/live-tensors';
import { convert } from './creation/create';
import { registerHook, registerPostAccumulateGradHook } from './autograd/hooks';
import { index, indexPut } from './members/indexing';
import { free } from './memory/lifetime';
import { print } from './printing/print';
import { installAsyncMethods } from './threads/async';
import { installShorthands } from './members/shorthands';
import { installMembers } from './members/tensor-members';
import { extendTensor, Tensor as TensorClass } from './core/tensor';

extendTensor({
  backward: (tensor, gradient, options) => backward(tensor, gradient, options),
  registerHook,
  registerPostAccumulateGradHook,
  gradient: (tensor) => grads([tensor])[0]!,
  setGradient: (tensor, gradient) => setGrads([tensor], [gradient]),
  release: free,
  print,
  convert,
  index,
  indexPut,
  endOf: freedAt,
});

installShorthands(TensorClass.prototype);
installMembers(TensorClass.prototype);
installAsyncMethods(TensorClass.prototype);

export * from './generated/functions';
export * from './generated/modules';
export * from './creation/create';
export * from './creation/fill';
export { frombuffer, type FromBufferOptions } from './creation/frombuffer';
export * from './types/constants';
export { getDefaultDevice, getDefaultDtype, setDefaultDevice, setDefaultDtype } from './types/defaults';
export * from './core/modes';
export { isTensor, numel, setGradEnabled, typename } from './functions/predicates';
export * from './random/random';
export {
  broadcastShapes,
  cdist,
  einsum,
  lu,
  nonzero,
  norm,
  range,
  stft,
  tensordot,
  unravelIndex,
  type CdistOptions,
  type EinsumItem,
  type LuOptions,
  type NormArguments,
  type NormOptions,
  type StftOptions,
  type TensordotDims,
} from './functions/functional';
export * from './creation/sparse-tensors';
export { pcaLowrank, svdLowrank, type PcaLowrankOptions, type SvdLowrankOptions } from './functions/lowrank';
export { unique, uniqueConsecutive, type UniqueOptions } from './functions/unique';
export { accelerator, setMemoryWatermark, type DeviceFree, type DeviceMemory } from './accelerator/accelerator';
export { cuda, type DeviceProperties } from './accelerator/cuda';
export { Stream, type StreamOptions } from './accelerator/stream';
export { Event, type EventOptions } from './accelerator/event';
export { Graph, type CaptureMode, type CaptureOptions, type GraphPool } from './accelerator/graph';
export * from './backends/backends';
export * from './backends/determinism';
export * from './backends/threads';
export { slice, Slice, type Index } from './members/indexing';
export { Tensor, type BackwardOptions, type IndexPutOptions, type Nested, type ToOptions } from './core/tensor';
export { device, type Device } from './types/device';
export { DTYPES, type DataArray, type DataOf, type DType } from './types/dtype';
export { collectGarbage, findLeaks, liveTensors, recordOrigins, type LiveTensor } from './memory/live-tensors';
export { Generator } from './random/generator';
export {
  allowUnchecked,
  ops,
  type OperatorCall,
  type OperatorNamespace,
  type OperatorOverloads,
} from './operators/ops';
export type { AsyncOptions } from './threads/async';
export { loadScript, ScriptModule, traceScript, type Traceable, type TraceState } from './script/script-module';
export { receive, share, withdraw, type Shared, type ShareOptions } from './threads/sharing';
export type { Argument, Complex, Options, Result } from './operators/operator';
export { allocatedBytes, keep, memory, scope, scoped, type MemoryUsage } from './memory/lifetime';
export type { GradientHook, RemovableHandle } from './autograd/hooks';
export { profile, recordFunction, type Profile, type ProfileOptions } from './profile';
export { getPrintoptions, setPrintoptions, type PrintOptions, type PrintSettings } from './printing/print-options';
export { finfo, iinfo, type FloatInfo, type IntegerInfo } from './types/type-info';
export * as amp from './autograd/amp';
export * as autograd from './autograd';
export * as utils from './checkpoint';
export * as signal from './functions/signal';
export * as sparse from './functions/sparse';
export * as testing from './testing';
export * as safetensors from './io/safetensors';
