/** What libtorch computes with: its libraries and their switches, how exact matrix products are, deterministic algorithms, threads. */
import { InputError } from '../../errors';
import { binding, type MklDispatch } from '../../native/binding';
import { guarded } from '../../native/typed-errors';
import { show, checkOptions } from '../../options';
import { checkBody } from './arguments';

/** A group of switches as an object whose properties read and set them. */
function switches<Name extends string>(library: string, names: readonly Name[]): Record<Name, boolean> {
  const group = {} as Record<Name, boolean>;
  for (const name of names) {
    Object.defineProperty(group, name, {
      enumerable: true,
      get: () => binding.getSwitch(`${library}.${name}`),
      set: (on: boolean) => guarded(`backends.${library}.${name}`, () => binding.setSwitch(`${library}.${name}`, on)),
    });
  }
  return group;
}

function withMembers<Group extends object, Members extends object>(group: Group, members: Members): Group & Members {
  return Object.defineProperties(group, Object.getOwnPropertyDescriptors(members)) as Group & Members;
}

function setMklDispatch(dispatch: MklDispatch): void {
  const name = 'backends.mkl.dispatch';
  if (!['features', 'vendor'].includes(dispatch))
    throw new InputError(`${name}: expected 'features' or 'vendor', found '${String(dispatch)}'`);
  if (binding.setMklDispatch(dispatch)) return;
  const inForce = binding.mklDispatch();
  throw new InputError(
    inForce === null
      ? `${name}: expected a libtorch with MKL, found one without`
      : `${name}: expected to be set before the first matrix product of the process, found MKL's kernels chosen by '${inForce}' already; start with TORCHTS_MKL_DISPATCH=${dispatch}`,
  );
}

/**
 * Each switch is a property: `torch.backends.cudnn.benchmark = true`.
 * @example
 * torch.backends.cuda.matmul.allowTF32 = true;
 */
export const backends = {
  cpu: {
    /** The instruction set that kernels are chosen for, such as `'AVX2'`. */
    getCpuCapability: (): string => binding.features().cpuCapability,
  },
  /** `flashSdp` and its neighbours choose what scaled dot product attention may run on. */
  cuda: withMembers(switches('cuda', ['flashSdp', 'memEfficientSdp', 'mathSdp', 'cudnnSdp']), {
    /** Whether libtorch was built with CUDA, whether or not there is a GPU. */
    isBuilt: (): boolean => binding.features().cuda,
    /** What matrix products may be computed in. */
    matmul: switches('cuda.matmul', [
      'allowTF32',
      'allowFp16ReducedPrecisionReduction',
      'allowBf16ReducedPrecisionReduction',
      'allowFp16Accumulation',
    ]),
  }),
  cudnn: withMembers(switches('cudnn', ['enabled', 'benchmark', 'deterministic', 'allowTF32']), {
    /** Whether libtorch has cuDNN. */
    isAvailable: (): boolean => binding.features().cudnn,
    /** Such as 91002; null without it. */
    version: (): number | null => binding.features().cudnnVersion || null,
  }),
  mkldnn: withMembers(switches('mkldnn', ['enabled', 'deterministic']), {
    /** Whether libtorch was built with oneDNN, once called MKL-DNN. */
    isAvailable: (): boolean => binding.features().mkldnn,
  }),
  /** Small kernels for convolutions on the CPU. */
  nnpack: withMembers(switches('nnpack', ['enabled']), {
    /** Whether it serves this processor. */
    isAvailable: (): boolean => binding.features().nnpack,
  }),
  mkl: {
    /** Whether libtorch was built with Intel's MKL. */
    isAvailable: (): boolean => binding.features().mkl,
    /**
     * By what MKL chooses its kernels for matrix products, LAPACK, FFT and elementwise functions: the instructions that the
     * processor has, or, as in Python, who made it. Null where libtorch has no MKL. It can be set until MKL computes for the first
     * time in the process; `TORCHTS_MKL_DISPATCH` sets it before that. On Intel's processors both are the same.
     * @throws InputError when MKL has chosen already
     */
    get dispatch(): MklDispatch | null {
      return binding.mklDispatch();
    },
    set dispatch(dispatch: MklDispatch) {
      setMklDispatch(dispatch);
    },
    /** The instruction set of the kernels that MKL chose: `'AVX-512'`, `'AVX2'`, `'SSE4.2'` or `'generic'`; null before its first computation. */
    instructions: (): string | null => binding.mklInstructions(),
  },
  openmp: {
    /** Whether libtorch was built with OpenMP, by which it splits the work of an operator on the CPU over threads. */
    isAvailable: (): boolean => binding.features().openmp,
  },
};

export type { MklDispatch } from '../../native/binding';

const PRECISIONS = ['highest', 'high', 'medium'] as const;

/** How float32 matrix products may be computed: as they are, in TF32 (or as two bfloat16), or in bfloat16. */
export type MatmulPrecision = (typeof PRECISIONS)[number];

/** `'highest'` unless it was set. */
export function getFloat32MatmulPrecision(): MatmulPrecision {
  return binding.matmulPrecision() as MatmulPrecision;
}

/** Trades the precision of float32 matrix products for speed, on devices that can. */
export function setFloat32MatmulPrecision(precision: MatmulPrecision): void {
  if (!PRECISIONS.includes(precision))
    throw new InputError(`setFloat32MatmulPrecision: expected ${PRECISIONS.join(', ')}, found ${show(precision)}`);
  guarded('setFloat32MatmulPrecision', () => binding.setMatmulPrecision(precision));
}

/** Treats denormal numbers on the CPU as 0, in this thread. @returns whether the processor can */
export function setFlushDenormal(on: boolean): boolean {
  return binding.setFlushDenormal(on);
}

/** How libtorch was built: compiler, BLAS, instruction sets. */
export function showConfig(): string {
  return binding.showConfig();
}

/** Version of the libtorch that the addon was built against. */
export const version: string = binding.torchVersion();

export interface DeterminismOptions {
  /** Where there is no deterministic algorithm, warn instead of failing. @default false */
  readonly warnOnly?: boolean;
}

/**
 * Makes operators use deterministic algorithms only; those that have none fail. On CUDA, matrix products also need
 * `CUBLAS_WORKSPACE_CONFIG=:4096:8` in the environment.
 */
export function useDeterministicAlgorithms(on: boolean, options: DeterminismOptions = {}): void {
  checkOptions('useDeterministicAlgorithms', options, ['warnOnly']);
  binding.setDeterministic(on, options.warnOnly ?? false);
}

/** Whether deterministic algorithms are asked for, even if only by a warning. */
export function areDeterministicAlgorithmsEnabled(): boolean {
  return binding.deterministic() > 0;
}

/** Whether operators without a deterministic algorithm only warn. */
export function isDeterministicAlgorithmsWarnOnlyEnabled(): boolean {
  return binding.deterministic() === 1;
}

/** `torch.utils.deterministic` of PyTorch. */
export const deterministic = {
  /** Whether tensors that are made without a value are filled (with NaN, or the largest integer) while algorithms are deterministic. */
  get fillUninitializedMemory(): boolean {
    return binding.getSwitch('deterministic.fillUninitializedMemory');
  },
  set fillUninitializedMemory(on: boolean) {
    binding.setSwitch('deterministic.fillUninitializedMemory', on);
  },
};

/** Threads that one operator may use on the CPU. */
export function setNumThreads(count: number): void {
  guarded('setNumThreads', () => binding.setNumThreads(count));
}

/**
 * Runs `body`, up to its first `await`, with operators on this thread alone: for many small operators beside other work,
 * where waking and joining threads costs more time than they save.
 */
export function onOneThread<T>(body: () => T): T {
  checkBody('onOneThread', body);
  const before = binding.limitThreads(1);
  try {
    return body();
  } finally {
    if (before > 0) binding.limitThreads(before);
  }
}

/** How many threads run operators beside one another, where libtorch does so: TorchScript's `fork`. */
export function getNumInteropThreads(): number {
  return binding.getNumInteropThreads();
}

/** How many threads one operator may use on the CPU. */
export function getNumThreads(): number {
  return binding.getNumThreads();
}
