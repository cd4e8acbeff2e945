import { resolve } from 'node:path';
import { InputError, UsageError } from '../errors';
import { buildAddon, requireBuild } from '../native/build';
import { writeChoice } from '../native/libtorch/cache';
import { nvidiaDriver } from '../native/libtorch/driver';
import { ensureLibtorch, libtorchFromPack, packForOffline } from '../native/libtorch/ensure';
import { describeChoice, driverProblem, requestedFlavour, suggestCuda, type Flavour } from '../native/libtorch/flavour';
import { type Located } from '../native/libtorch/locate';
import { addonPresent } from '../native/load';
import { hasAddonFor, platformPackage, prebuiltFolder } from '../native/prebuilt';
import { type Listener } from '../native/listener';
import { permissionModel, platformProblem } from '../native/platform';
import { terminal } from './terminal';

export interface SetupOptions {
  readonly flavour?: Flavour;
  readonly force?: boolean;
  /** The addon of CMakeLists.txt to build. @default 'torchts' */
  readonly target?: string;
  /** An offline pack to take libtorch from. @default none: it is fetched */
  readonly from?: string;
  /** A file to write libtorch into, for machines without a network; nothing is built then. @default none */
  readonly offlinePack?: string;
}

/** Gets libtorch and builds the addon against it; what is there already is left alone. */
export async function setup(options: SetupOptions, listener: Listener): Promise<void> {
  const libtorch = await prepare(options, listener);
  const problem = libtorch && driverProblem(libtorch.flavour, nvidiaDriver());
  if (problem) listener.say(problem);
}

/** Gives the libtorch that is used from now on; undefined where a pack was made for another machine. */
async function prepare(
  { target = 'torchts', ...options }: SetupOptions,
  listener: Listener,
): Promise<Located | undefined> {
  const { flavour, from, offlinePack } = options;
  if (from !== undefined && offlinePack !== undefined)
    throw new UsageError(
      'Expected the option from or the option offlinePack, found both: one reads a pack, the other writes one.',
    );
  if (permissionModel())
    throw new InputError(
      "Setting up starts programs (CMake, the compiler, Python), and Node's permission model is on: run `torchts setup` without `--permission`.",
    );
  const problem = platformProblem();
  if (problem) throw new InputError(problem);
  if (offlinePack !== undefined) {
    const file = resolve(offlinePack);
    await packForOffline(file, { flavour, listener });
    listener.say(`${file}: copy it to the other machine, and run \`torchts setup --from\` with it there.`);
    return undefined;
  }
  // Only what has to be compiled needs a compiler; whether it has to, libtorch's version may decide, which is known once it is there.
  const isPrebuilt = prebuiltFolder() !== undefined && target === 'torchts' && !buildsFromSource();
  if (!isPrebuilt) requireBuild();
  const get = (headers: boolean, force = options.force): Promise<Located> =>
    from === undefined
      ? ensureLibtorch({ flavour, force, headers, listener })
      : libtorchFromPack(resolve(from), { flavour, headers, listener });
  let libtorch = await get(!isPrebuilt);
  // With an addon of a package, nothing else would tell the next command which build was asked for.
  if (libtorch.source === 'cache') writeChoice(libtorch);
  listener.say(`libtorch ${libtorch.version} (${libtorch.flavour}) from ${libtorch.source}: ${libtorch.folder}`);
  const suggestion = suggestCuda(libtorch.flavour, nvidiaDriver());
  if (suggestion) listener.say(suggestion);
  if (isPrebuilt && hasAddonFor(libtorch.version)) {
    listener.say(`addon: that of ${platformPackage}`);
    return libtorch;
  }
  if (isPrebuilt) {
    requireBuild();
    libtorch = await get(true, false);
  }
  const addon = await buildAddon({ libtorch: libtorch.folder, target, listener });
  listener.say(`addon: ${addon}`);
  return libtorch;
}

/**
 * Whether `TORCHTS_BUILD` asks to compile the addon although the package of this platform has one.
 * @throws UsageError for another value than `source`
 */
function buildsFromSource(value = process.env.TORCHTS_BUILD): boolean {
  if (!value) return false;
  if (value !== 'source') throw new UsageError(`TORCHTS_BUILD: expected source, found '${value}'`);
  return true;
}

/** For commands that need the addon: the first call on a machine sets it up. What they compute on they say themselves. */
export async function ensureReady(): Promise<void> {
  if (addonPresent()) return;
  const choice = describeChoice();
  if (choice) terminal.say(choice);
  await prepare({ flavour: requestedFlavour() }, terminal);
}
