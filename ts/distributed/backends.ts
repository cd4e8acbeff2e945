/** What the processes of a group call each other through, by the device of the tensors. */
import { DeviceError, InputError } from '../errors';
import { hasNccl } from '../native/distributed-binding';
import { expected } from '../options';
import { cuda } from '../tensor';

type Device = 'cpu' | 'cuda';

/** The names of the backends: Gloo for any tensor, NCCL for those of NVIDIA's GPUs. */
const BACKENDS = { gloo: ['cpu', 'cuda'], nccl: ['cuda'] } as const satisfies Record<string, readonly Device[]>;

export type Backend = keyof typeof BACKENDS;

/** The backends of a group. */
export class Backends {
  private constructor(
    /** As PyTorch writes them: `gloo`, `nccl`, `cpu:gloo,cuda:nccl`. */
    readonly name: string,
    readonly cpu: Backend | undefined,
    readonly cuda: Backend | undefined,
  ) {}

  /**
   * @param given a name, or names by device; null for Gloo, and NCCL beside it for GPUs where it can be used
   * @throws InputError for a backend that is not there, or not for that device
   */
  static of(owner: string, given: string | null): Backends {
    const name = given ?? (hasNccl() && cuda.isAvailable() ? 'cpu:gloo,cuda:nccl' : 'gloo');
    if (typeof name !== 'string') throw expected(owner, 'a backend such as gloo', name);
    const found: Partial<Record<Device, Backend>> = {};
    for (const part of name.toLowerCase().split(',')) {
      const [backend, devices] = parsePart(owner, name, part);
      for (const device of devices) {
        if (found[device] !== undefined) throw expected(owner, `one backend for ${device}`, name, '', InputError);
        found[device] = backend;
      }
      if (backend === 'nccl') requireNccl(owner);
    }
    return new Backends(name.toLowerCase(), found.cpu, found.cuda);
  }

  /** The device whose tensors carry what is no tensor: CPU, which Gloo takes whatever it is for; else the GPU. */
  get carrier(): Device {
    return this.has('gloo') ? 'cpu' : 'cuda';
  }

  /** Whether a backend is among them. */
  has(backend: Backend): boolean {
    return this.cpu === backend || this.cuda === backend;
  }
}

/** `gloo`, or `cuda:nccl`. */
function parsePart(owner: string, name: string, part: string): readonly [Backend, readonly Device[]] {
  const [, device, backend] = /^(?:(cpu|cuda):)?(gloo|nccl)$/.exec(part) ?? [];
  const devices: readonly Device[] = BACKENDS[backend as Backend] ?? [];
  if (backend === undefined || (device !== undefined && !devices.includes(device as Device)))
    throw expected(owner, 'a backend: gloo, nccl or cpu:gloo,cuda:nccl', name, '', InputError);
  return [backend as Backend, device === undefined ? devices : [device as Device]];
}

/** @throws InputError where NCCL is not there @throws DeviceError where there is no GPU */
function requireNccl(owner: string): void {
  if (!hasNccl())
    throw new InputError(
      `${owner}: expected the backend gloo, found nccl, which is not compiled into this addon: that takes a libtorch for CUDA and NVIDIA's headers ` +
        '(docs/distributed.md); gloo takes tensors of GPUs through memory of the host',
    );
  if (!cuda.isAvailable()) throw new DeviceError(`${owner}: expected an NVIDIA GPU for nccl, found none; use gloo`);
}

/** Whether NCCL is compiled in, as torch.distributed.is_nccl_available says. */
export function isNcclAvailable(): boolean {
  return hasNccl();
}

/** Whether Gloo is compiled in: always. */
export function isGlooAvailable(): boolean {
  return true;
}

/** Whether there is a backend of this name. */
export function isBackendAvailable(backend: string): boolean {
  if (typeof backend !== 'string') throw expected('isBackendAvailable', 'the name of a backend', backend);
  const name = backend.toLowerCase();
  return name === 'gloo' || (name === 'nccl' && hasNccl());
}
