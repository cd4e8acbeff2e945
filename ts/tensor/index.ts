/** `torch.*` without the layers: tensors, operators, autograd, modes, lifetimes, randomness, devices, files. */
import { backward, grads, setGrads } from './autograd';
import { freedAt } from './live-tensors';
import { convert } from './create';
import { registerHook, registerPostAccumulateGradHook } from './hooks';
import { index, indexPut } from './indexing';
import { free } from './lifetime';
import { print } from './print';
import { installAsyncMethods } from './async';
import { installShorthands } from './shorthands';
import { installMembers } from './tensor-members';
import { extendTensor, Tensor as TensorClass } from './tensor';

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
export * from './create';
export * from './fill';
export { frombuffer, type FromBufferOptions } from './frombuffer';
export * from './constants';
export { getDefaultDevice, getDefaultDtype, setDefaultDevice, setDefaultDtype } from './defaults';
export * from './modes';
export { isTensor, numel, setGradEnabled, typename } from './predicates';
export * from './random';
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
} from './functional';
export * from './sparse-tensors';
export { pcaLowrank, svdLowrank, type PcaLowrankOptions, type SvdLowrankOptions } from './lowrank';
export { unique, uniqueConsecutive, type UniqueOptions } from './unique';
export { accelerator, setMemoryWatermark, type DeviceFree, type DeviceMemory } from './accelerator';
export { cuda, type DeviceProperties } from './cuda';
export { Stream, type StreamOptions } from './stream';
export { Event, type EventOptions } from './event';
export { Graph, type CaptureMode, type CaptureOptions, type GraphPool } from './graph';
export * from './backends';
export * from './determinism';
export * from './threads';
export { slice, Slice, type Index } from './indexing';
export { Tensor, type BackwardOptions, type IndexPutOptions, type Nested, type ToOptions } from './tensor';
export { device, type Device } from './device';
export { DTYPES, type DataArray, type DataOf, type DType } from './dtype';
export { collectGarbage, findLeaks, liveTensors, recordOrigins, type LiveTensor } from './live-tensors';
export { Generator } from './generator';
export { allowUnchecked, ops, type OperatorCall, type OperatorNamespace, type OperatorOverloads } from './ops';
export type { AsyncOptions } from './async';
export { loadScript, ScriptModule, traceScript, type Traceable, type TraceState } from './script-module';
export { receive, share, withdraw, type Shared, type ShareOptions } from './sharing';
export type { Argument, Complex, Options, Result } from './operator';
export { allocatedBytes, keep, memory, scope, scoped, type MemoryUsage } from './lifetime';
export type { GradientHook, RemovableHandle } from './hooks';
export { profile, recordFunction, type Profile, type ProfileOptions } from './profile';
export { getPrintoptions, setPrintoptions, type PrintOptions, type PrintSettings } from './print-options';
export { finfo, iinfo, type FloatInfo, type IntegerInfo } from './type-info';
export * as amp from './amp';
export * as autograd from './autograd-namespace';
export * as utils from './utils';
export * as signal from './signal';
export * as sparse from './sparse';
export * as testing from './testing';
export * as safetensors from './safetensors';
