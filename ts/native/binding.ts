/** The typed seam to the addon: what `native/` exports, function by function. Nothing else in ts/ loads the addon. */
import { loadAddon } from './load';
import { isError } from './realm';

/** A job of the background queue. */
export interface Submitted<Reply> {
  readonly id: number;
  readonly promise: Promise<Reply>;
}

/** What a TorchScript method returns, beside the wire or instead of it. */
export interface ScriptReply {
  strings?: string[];
  wire?: Float64Array;
}

/** An argument or a result of a recorded call; `{ value }` is a tensor by its number, `{ float }` a number that is no integer. */
export type RecordedArgument =
  | { readonly value: number }
  | { readonly float: number }
  | { readonly re: number; readonly im: number }
  | number
  | bigint
  | boolean
  | string
  | null
  | readonly RecordedArgument[];

/** A call of an operator during a recorded forward. */
export interface RecordedCall {
  readonly name: string;
  readonly overload: string;
  /** Path of the module whose forward ran. */
  readonly module: string;
  readonly arguments: readonly RecordedArgument[];
  readonly results: readonly RecordedArgument[];
  /** What the operator gave to JavaScript, which may have chosen by it. */
  readonly guard?: boolean;
}

/** A tensor of a recording. */
export interface RecordedValue {
  readonly origin: 'input' | 'constant' | 'made';
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** The number of its memory: views have that of their base. */
  readonly storage: number;
  /** Of a constant. */
  readonly handle?: number;
  /** A constant that the forward made of JavaScript data. */
  readonly fresh?: boolean;
}

export interface NativeRecording {
  readonly values: readonly RecordedValue[];
  readonly calls: readonly RecordedCall[];
  /** The results of the forward, by their numbers. */
  readonly outputs: readonly number[];
}

/** A stream: its device, and its number there. */
export type StreamPair = [device: string, id: bigint];

/** Statistics of a device's allocator, in bytes where not said otherwise. */
export interface DeviceMemory {
  /** Bytes in tensors now. */
  readonly allocated: number;
  /** Bytes taken from the device, cached ones included. */
  readonly reserved: number;
  readonly peakAllocated: number;
  readonly peakReserved: number;
  /** Bytes in tensors, and in freed ones that a stream may still use. */
  readonly active: number;
  /** Bytes asked for, before rounding. */
  readonly requested: number;
  /** How many blocks were allocated so far. */
  readonly allocations: number;
  /** How many blocks of the device's own the allocator holds, to cut its blocks from. */
  readonly segments: number;
  /** How often an allocation was tried again after the cache had been emptied. */
  readonly retries: number;
  /** How often an allocation failed for want of memory. */
  readonly outOfMemory: number;
}

/** What libtorch was built with. */
export interface Features {
  mkl: boolean;
  mkldnn: boolean;
  nnpack: boolean;
  openmp: boolean;
  lapack: boolean;
  cuda: boolean;
  cudnn: boolean;
  cudnnVersion: number;
  cpuCapability: string;
}

/** By what MKL chooses its kernels: the instructions that the processor has, or who made it. */
export type MklDispatch = 'features' | 'vendor';

/** How fast float32 matrix products are, and what they run on. */
export interface Products {
  readonly gflops: number;
  /** The most that the threads' multiply-add units can do; 0 where that is not known. */
  readonly limit: number;
  readonly threads: number;
  /** Null where libtorch has no MKL. */
  readonly dispatch: MklDispatch | null;
  readonly instructions: string | null;
}

/** What the addon asks JavaScript to collect. */
export const Collect = { Young: 1, All: 2 } as const;
export type Collect = (typeof Collect)[keyof typeof Collect];

export interface Binding {
  // dispatch.cc
  call(
    operator: number,
    strings?: readonly string[],
    owner?: object,
  ): { strings?: string[]; wire?: Float64Array; collect?: Collect } | Error | undefined;
  callUnboxed(owner?: object): Collect | Error | undefined;
  resolve(name: string, overload: string): { index: number; schema: string };
  schemas(): string[];
  attachWire(wire: Float64Array): void;
  allowUnchecked(on: boolean): void;
  // lifetime.cc
  free(count: number): void;
  track(object: object, handle: number): void;
  collectedYoung(): void;
  memory(): [device: string, tensors: number, bytes: number][];
  liveTensors(): Float64Array;
  allocatedBytes(): number;
  allocationCount(): number;
  // storage.cc
  describe(handle: number): string;
  layout(handle: number): string;
  read(handle: number): ArrayBuffer;
  write(data: NodeJS.TypedArray, dtype: string): number;
  adopt(data: NodeJS.TypedArray, dtype: string): number;
  readFile(handle: number, descriptor: number, position: number): number;
  storage(handle: number): readonly [identity: number, bytes: number] | null;
  swap(handle: number, other: number): void;
  scalar(value: number | boolean, integral: boolean): number;
  dtypes(): Record<number, string>;
  defaultDType(): number;
  setDefaultDType(dtype: string): void;
  memoryOf(handle: number): [address: bigint, storage: bigint, bytes: number, offset: number];
  // autograd.cc
  backward(retainGraph: boolean | null, createGraph: boolean): void;
  grad(retainGraph: boolean | null, createGraph: boolean, allowUnused: boolean): number;
  grads(): void;
  setGrads(): void;
  backwardAsync(retainGraph: boolean | null, createGraph: boolean): Submitted<undefined>;
  gradFn(): string | null;
  setModes(grad: boolean, inference: boolean): void;
  setAutocast(device: string, dtype: string | null): void;
  isAutocastCacheEnabled(): boolean;
  // callbacks.cc
  attachCallbacks(dispatch: (id: number, graphTask: number, recording: boolean, wire?: Float64Array) => number): void;
  droppedCallbacks(): number[];
  handOver(always: boolean): void;
  // function.cc
  applyFunction(backward: number, name: string, materialize: boolean): number;
  savedTensors(): number;
  // hooks.cc
  addHook(callback: number): number;
  removeHook(position: number): void;
  addPostAccumulateHook(callback: number): number;
  removePostAccumulateHook(position: number): void;
  // engine.cc
  setSavedTensorHook(pack: number): void;
  // anomaly.cc
  setAnomaly(enabled: boolean, checkNan: boolean): void;
  anomalyReport(): string | null;
  // profiler.cc
  startProfile(shapes: boolean): number;
  stopProfile(handle: number): { texts: string[]; events: Float64Array };
  enterRange(name: string): void;
  leaveRange(): void;
  // random.cc
  manualSeed(seed: number | bigint): void;
  createGenerator(device: string): number;
  seedGenerator(id: number, seed: number | bigint): void;
  initialSeed(id: number | string): bigint;
  randomSeed(id: number | string): bigint;
  generatorState(id: number | string): number;
  setGeneratorState(id: number | string, handle: number): void;
  disposeGenerator(id: number): void;
  // background_queue.cc
  readAsync(handle: number): Submitted<ArrayBuffer>;
  moveAsync(handle: number, device: string): Submitted<number>;
  cancelWork(id: number): boolean;
  // sharing.cc
  share(handle: number, receivers: number): number;
  receive(token: number): number;
  withdraw(token: number): boolean;
  // extension.cc
  extension(): unknown;
  // script.cc
  scriptLoad(source: string | Uint8Array, device: string | null): number;
  scriptRecords(source: string | Uint8Array): readonly (readonly [name: string, content: Buffer])[];
  scriptMethods(id: number): [name: string, ...parameters: [name: string, takesObject: boolean][]][];
  scriptCall(id: number, method: string, strings: readonly string[]): ScriptReply | undefined;
  scriptCallAsync(
    id: number,
    method: string,
    strings: readonly string[],
  ): Submitted<Required<Pick<ScriptReply, 'wire'>> & ScriptReply>;
  scriptState(id: number, buffers: boolean): ScriptReply | undefined;
  scriptTo(id: number, device: string | null, dtype: string | null): void;
  scriptTrain(id: number, mode: boolean): void;
  scriptTrace(
    name: string,
    names: readonly string[],
    buffers: readonly boolean[],
    inputNames: readonly string[],
    forward: (...handles: number[]) => number | number[],
  ): number;
  scriptBytes(id: number): Buffer;
  scriptCode(id: number): string;
  scriptFree(id: number): void;
  // recording.cc
  recordBegin(): void;
  recordEnd(): NativeRecording | { readonly refusal: string };
  recordAbort(): void;
  recordModule(path: string): void;
  recordRefuse(reason: string): void;
  // plan_builder.cc
  poolNew(): number;
  poolSource(pool: number, handle: number): number;
  poolWitness(pool: number, handle: number): void;
  poolStep(pool: number, operator: number, strings: readonly string[], count: number): number;
  poolDrop(pool: number, numbers: readonly number[]): void;
  poolGet(pool: number, number: number): number;
  poolFree(pool: number): void;
  planNew(pool: number): number;
  planStep(
    plan: number,
    operator: number,
    strings: readonly string[],
    results: readonly number[],
    guard?: boolean,
  ): void;
  planFinish(plan: number, slots: readonly number[]): void;
  planRun(plan: number): ScriptReply | undefined;
  planRunAsync(plan: number): Submitted<Required<Pick<ScriptReply, 'wire'>> & ScriptReply>;
  planFree(plan: number): void;
  // accelerator.cc
  accelerator(): string | null;
  deviceMemory(index?: number): DeviceMemory;
  deviceFree(index?: number): [free: number, total: number];
  deviceProperties(index?: number): { name: string; totalMemory: number } & Record<string, number | string>;
  deviceCount(): number;
  deviceIndex(): number;
  setDevice(index: number): void;
  synchronize(index?: number): void;
  emptyCache(): void;
  resetPeakMemory(index?: number): void;
  setWatermark(device: string, bytes: number): void;
  // streams.cc
  newStream(device: string, priority: number): StreamPair;
  defaultStream(device: string): StreamPair;
  currentStream(device: string): StreamPair;
  setStream(...stream: StreamPair): void;
  streamQuery(...stream: StreamPair): boolean;
  streamSynchronize(...stream: StreamPair): void;
  recordStream(handle: number, ...stream: StreamPair): void;
  newEvent(device: string, timing: boolean): number;
  eventRecord(id: number, ...stream: StreamPair): void;
  eventWait(id: number, ...stream: StreamPair): void;
  eventQuery(id: number): boolean;
  eventSynchronize(id: number): void;
  eventElapsed(id: number, end: number): number;
  disposeEvent(id: number): void;
  // graphs.cc
  newGraph(keep: boolean): number;
  graphBegin(id: number, mode: string, ...pool: readonly bigint[]): void;
  graphEnd(id: number): void;
  graphInstantiate(id: number): void;
  graphReplay(id: number): void;
  graphReset(id: number): void;
  graphPool(id: number): [bigint, bigint];
  graphDump(id: number, path: string): void;
  disposeGraph(id: number): void;
  // backends.cc
  getSwitch(name: string): boolean;
  setSwitch(name: string, on: boolean): void;
  matmulPrecision(): string;
  setMatmulPrecision(precision: string): void;
  setDeterministic(on: boolean, warnOnly: boolean): void;
  deterministic(): number;
  setFlushDenormal(on: boolean): boolean;
  features(): Features;
  showConfig(): string;
  torchVersion(): string;
  // mkl.cc
  mklDispatch(): MklDispatch | null;
  setMklDispatch(dispatch: MklDispatch): boolean;
  mklInstructions(): string | null;
  measureProducts(): Products;
  // threads.cc
  setNumThreads(count: number): void;
  limitThreads(count: number): number;
  getNumThreads(): number;
  getNumInteropThreads(): number;
}

type Native = (...args: unknown[]) => unknown;

/**
 * The addon returns its errors instead of throwing them (`native/guard.h` says why); here they are thrown.
 */
function throwing(native: Native): Native {
  return (...args) => {
    const result = native(...args);
    if (isError(result)) throw result;
    return result;
  };
}

// Every operator goes through these: the first two are checked where they are called, the third never fails.
const BARE = new Set(['call', 'callUnboxed', 'track']);

/** The functions of an addon, which throw the errors that it returns. */
export function throwingFunctions(addon: unknown): Record<string, Native> {
  return Object.fromEntries(
    Object.entries(addon as Readonly<Record<string, Native>>).map(([name, native]) => [
      name,
      BARE.has(name) ? native : throwing(native),
    ]),
  );
}

export const binding = throwingFunctions(loadAddon()) as unknown as Binding;
