import { spawnSync } from 'node:child_process';
import { UsageError } from '../../errors';

/** A build of libtorch: without CUDA, or for one CUDA version, as download.pytorch.org names them. */
export type Flavour = 'cpu' | `cu${number}`;

/** The newest CUDA build that a driver of at least this major version runs, newest first. */
const CUDA_FLAVOURS: readonly { readonly driver: number; readonly flavour: Flavour }[] = [
  { driver: 580, flavour: 'cu130' },
  { driver: 560, flavour: 'cu126' },
];

/** The flavour asked for by a flag or `TORCHTS_FLAVOUR`; undefined when nobody asked (then `cpu` is fetched). */
export function requestedFlavour(flag?: string, environment: NodeJS.ProcessEnv = process.env): Flavour | undefined {
  const [source, value] = flag ? ['the option flavour', flag] : ['TORCHTS_FLAVOUR', environment.TORCHTS_FLAVOUR];
  if (!value) return undefined;
  if (!isFlavour(value)) {
    throw new UsageError(
      `${source} is '${value}', which is no build of libtorch: use cpu, or cu and the CUDA version without its dot, like cu130.`,
    );
  }
  return value;
}

function isFlavour(value: string): value is Flavour {
  return /^(cpu|cu\d{3})$/.test(value);
}

/** The version of the NVIDIA driver, like `580.65.06`; undefined where there is none. */
export function nvidiaDriver(): string | undefined {
  const query = spawnSync('nvidia-smi', ['--query-gpu=driver_version', '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return query.status === 0 ? query.stdout.trim().split('\n')[0] || undefined : undefined;
}

/** One line for a machine with an NVIDIA card whose libtorch cannot use it; undefined where there is nothing to suggest. */
export function suggestCuda(flavour: Flavour, driver: string | undefined): string | undefined {
  if (flavour !== 'cpu' || !driver) return undefined;
  const fit = CUDA_FLAVOURS.find((candidate) => Number.parseInt(driver, 10) >= candidate.driver);
  return fit
    ? `An NVIDIA driver (${driver}) is installed: \`torchts setup --flavour ${fit.flavour}\` gets the build that uses the card.`
    : `The NVIDIA driver ${driver} is too old for any CUDA build of this libtorch (560 or newer is needed); the CPU build is used.`;
}
