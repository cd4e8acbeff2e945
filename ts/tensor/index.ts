/** `torch.*` without the layers: tensors, operators, autograd, modes, lifetimes, randomness, devices, files. */
// First what puts members of its own onto the class, since operators give way to it, then the operators.
import './members/indexing';
import './members/shorthands';
import './members/tensor-members';
import './printing/print';
import './autograd/hooks';
import './threads/async';
import './generated/methods';

export * from './generated/functions';
export * from './generated/modules';
export * from './creation/create';
export * from './creation/fill';
export { frombuffer, type FromBufferOptions } from './creation/frombuffer';
export * from './types/constants';
export { getDefaultDevice, getDefaultDtype, setDefaultDevice, setDefaultDtype } from './types/defaults';
export * from './core/modes';
export { isTensor, numel, typename } from './members/tensor-members';
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
export { Event, Stream, type EventOptions, type StreamOptions } from './accelerator/streams';
export { Graph, type CaptureMode, type CaptureOptions, type GraphPool } from './accelerator/graph';
export * from './core/backends';
export { slice, Slice, type Index, type IndexPutOptions } from './members/indexing';
export { Tensor, type Nested } from './core/tensor';
export type { BackwardOptions } from './autograd/backward';
export { convert, type ToOptions } from './creation/convert';
export { device, type Device } from './types/device';
export { DTYPES, type DataArray, type DataOf, type Complex, type DType, type Scalar } from './types/dtype';
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
export type { Argument, Options, Result } from './operators/operator';
export { allocatedBytes, allocationCount, keep, memory, scope, scoped, type MemoryUsage } from './memory/lifetime';
export type { GradientHook, RemovableHandle } from './autograd/hooks';
export { profile, recordFunction, type Profile, type ProfileOptions } from './profile/profile';
export { getPrintoptions, setPrintoptions, type PrintOptions, type PrintSettings } from './printing/print-options';
export { finfo, iinfo, type FloatInfo, type IntegerInfo } from './types/type-info';
export * as amp from './autograd/amp';
export * as autograd from './autograd';
export * as utils from './checkpoint/checkpoint';
export * as signal from './functions/signal';
export * as sparse from './functions/sparse';
export * as testing from './testing';
export * as safetensors from './io/safetensors';
