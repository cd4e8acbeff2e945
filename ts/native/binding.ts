/** The typed seam to the addon: what `native/` exports, function by function. Nothing else in ts/ loads the addon. */
import { loadAddon } from './load';

/** A job in the native thread for long work. */
export interface Submitted<Answer> {
  readonly id: number;
  readonly promise: Promise<Answer>;
}

/** What a TorchScript method gives, beside the wire or instead of it. */
export interface ScriptAnswer {
  strings?: string[];
  wire?: Float64Array;
}

export interface Binding {
  // dispatch.cc
  call(operator: number, strings?: readonly string[], owner?: object): { strings?: string[]; wire?: Float64Array } | Error | undefined;
  resolve(name: string, overload: string): { index: number; schema: string };
  schemas(): string[];
  attachWire(wire: Float64Array): void;
  allowUnchecked(on: boolean): void;
  // lifetime.cc
  free(count: number): void;
  track(object: object, handle: number): void;
  memory(): [device: string, tensors: number, bytes: number][];
  liveTensors(): Float64Array;
  allocatedBytes(): number;
  // storage.cc
  describe(handle: number): string;
  layout(handle: number): string;
  read(handle: number): ArrayBuffer;
  write(data: NodeJS.TypedArray, dtype: string): number;
  adopt(data: NodeJS.TypedArray, dtype: string): number;
  swap(handle: number, other: number): void;
  scalar(value: number | boolean, integral: boolean): number;
  dtypes(): Record<number, string>;
  // autograd.cc
  backward(retainGraph: boolean | null, createGraph: boolean): void;
  grad(retainGraph: boolean | null, createGraph: boolean, allowUnused: boolean): number;
  grads(): void;
  setGrads(): void;
  backwardLater(retainGraph: boolean | null, createGraph: boolean): Submitted<undefined>;
  gradFn(): string | null;
  setModes(grad: boolean, inference: boolean): void;
  setAutocast(device: string, dtype: string | null): void;
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
  generatorState(id: number | string): number;
  setGeneratorState(id: number | string, handle: number): void;
  disposeGenerator(id: number): void;
  // lane.cc
  readLater(handle: number): Submitted<ArrayBuffer>;
  moveLater(handle: number, device: string): Submitted<number>;
  cancelWork(id: number): boolean;
  // sharing.cc
  share(handle: number, receivers: number): number;
  receive(token: number): number;
  withdraw(token: number): boolean;
  // script.cc
  scriptLoad(path: string, device: string | null): number;
  scriptMethods(id: number): [name: string, ...parameters: string[]][];
  scriptCall(id: number, method: string, strings: readonly string[]): ScriptAnswer | undefined;
  scriptCallLater(id: number, method: string, strings: readonly string[]): Submitted<Required<Pick<ScriptAnswer, 'wire'>> & ScriptAnswer>;
  scriptState(id: number, buffers: boolean): string[];
  scriptTo(id: number, device: string | null, dtype: string | null): void;
  scriptTrain(id: number, mode: boolean): void;
  scriptTrace(name: string, names: readonly string[], buffers: readonly boolean[], inputNames: readonly string[], forward: (...handles: number[]) => number | number[]): number;
  scriptSave(id: number, path: string): void;
  scriptCode(id: number): string;
  scriptFree(id: number): void;
  // accelerator.cc
  accelerator(): string | null;
  deviceMemory(index: number): { allocated: number; reserved: number; peakAllocated: number; peakReserved: number };
  deviceCount(): number;
  synchronize(index?: number): void;
  emptyCache(): void;
  resetPeakMemory(index?: number): void;
  setNumThreads(count: number): void;
  limitThreads(count: number): number;
  getNumThreads(): number;
  showConfig(): string;
  torchVersion(): string;
}

type Native = (...args: unknown[]) => unknown;

/**
 * The addon gives its errors back instead of throwing them (`native/guard.h` says why); here they are thrown.
 */
function throwing(native: Native): Native {
  return (...args) => {
    const result = native(...args);
    if (result instanceof Error) throw result;
    return result;
  };
}

// Every operator goes through these: the first is checked where it is called, the second never fails.
const BARE = new Set(['call', 'track']);

function load(): Binding {
  const addon = Object.entries(loadAddon() as Readonly<Record<string, Native>>);
  return Object.fromEntries(addon.map(([name, native]) => [name, BARE.has(name) ? native : throwing(native)])) as unknown as Binding;
}

export const binding = load();
