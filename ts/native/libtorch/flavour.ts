import { UsageError } from '../../errors';
import { nvidiaDriver } from './driver';

/** A build of libtorch: without CUDA, or for one CUDA version, as download.pytorch.org names them. */
export type Flavour = 'cpu' | `cu${number}`;

/**
 * The CUDA builds that a driver of at least this major version runs, newest first, by NVIDIA's rule of compatibility among the minor
 * versions: https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html
 */
const CUDA_FLAVOURS: readonly { readonly driver: number; readonly flavour: Flavour }[] = [
  { driver: 580, flavour: 'cu130' },
  { driver: 525, flavour: 'cu126' },
];

const OLDEST_DRIVER = CUDA_FLAVOURS.at(-1)!.driver;

/**
 * The flavour asked for by a flag or `TORCHTS_FLAVOUR`, with `auto` the one for this machine's driver; undefined when nobody asked
 * (then `cpu` is fetched).
 * @throws UsageError for what is no flavour
 */
export function requestedFlavour(flag?: string, environment: NodeJS.ProcessEnv = process.env): Flavour | undefined {
  const [source, value] = requestOf(flag, environment);
  if (!value) return undefined;
  if (value === 'auto') return flavourFor(nvidiaDriver());
  if (!isFlavour(value)) {
    throw new UsageError(
      `${source} is '${value}', which is no build of libtorch: use auto, cpu, or cu and the CUDA version without its dot, like cu130.`,
    );
  }
  return value;
}

/** One line that says what `auto` chose and why; undefined when nobody asked for it. */
export function describeChoice(flag?: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (requestOf(flag, environment)[1] !== 'auto') return undefined;
  const driver = nvidiaDriver();
  const flavour = flavourFor(driver);
  if (driver === undefined) return 'Flavour cpu: this machine has no NVIDIA driver.';
  return flavour === 'cpu'
    ? `Flavour cpu: the NVIDIA driver ${driver} is too old for any CUDA build (${OLDEST_DRIVER} or newer is needed).`
    : `Flavour ${flavour}: the newest CUDA build that the NVIDIA driver ${driver} runs.`;
}

/** The newest CUDA build that a driver runs, else `cpu`. */
export function flavourFor(driver: string | undefined): Flavour {
  const major = Number.parseInt(driver ?? '0', 10);
  return CUDA_FLAVOURS.find((candidate) => major >= candidate.driver)?.flavour ?? 'cpu';
}

/** One line for a machine with an NVIDIA card whose libtorch cannot use it; undefined where there is nothing to suggest. */
export function suggestCuda(flavour: Flavour, driver: string | undefined): string | undefined {
  if (flavour !== 'cpu' || !driver) return undefined;
  const fit = flavourFor(driver);
  return fit !== 'cpu'
    ? `An NVIDIA driver (${driver}) is installed: \`torchts setup --flavour ${fit}\` gets the build that uses the card.`
    : `The NVIDIA driver ${driver} is too old for any CUDA build of this libtorch (${OLDEST_DRIVER} or newer is needed); the CPU build is used.`;
}

/**
 * Why a build for CUDA computes on the CPU of a machine with this NVIDIA driver, in a sentence; undefined for a driver that runs it,
 * and for the CPU build.
 */
export function driverProblem(flavour: Flavour, driver: string | undefined): string | undefined {
  if (flavour === 'cpu') return undefined;
  if (driver === undefined)
    return `There is no CUDA driver on this machine: libtorch for CUDA (${flavour}) computes on the CPU until NVIDIA's driver is installed.`;
  const oldest = oldestDriver(flavour);
  return Number.parseInt(driver, 10) < oldest
    ? `The NVIDIA driver ${driver} is too old for this libtorch (${flavour}), which computes on the CPU: install driver ${oldest} or newer, or run \`torchts setup --flavour ${flavourFor(driver)}\`.`
    : undefined;
}

/** The major version of the oldest driver that runs a CUDA build: that of the first build of the same major version of CUDA. */
function oldestDriver(flavour: Flavour): number {
  const major = flavour.slice(0, 4);
  return CUDA_FLAVOURS.find((candidate) => candidate.flavour.startsWith(major))?.driver ?? OLDEST_DRIVER;
}

function requestOf(flag: string | undefined, environment: NodeJS.ProcessEnv): readonly [string, string | undefined] {
  return flag ? ['the option flavour', flag] : ['TORCHTS_FLAVOUR', environment.TORCHTS_FLAVOUR];
}

function isFlavour(value: string): value is Flavour {
  return /^(cpu|cu\d{3})$/.test(value);
}
