import { InputError } from '../errors';
import { buildAddon, requireBuild } from '../native/build';
import { ensureLibtorch } from '../native/libtorch/ensure';
import { nvidiaDriver, suggestCuda, type Flavour } from '../native/libtorch/flavour';
import { addonPresent } from '../native/load';
import { type Listener } from '../native/listener';
import { permissionModel } from '../native/platform';
import { terminal } from './terminal';

export interface SetupOptions {
  readonly flavour?: Flavour;
  readonly force?: boolean;
  /** A second addon of CMakeLists.txt to build. @default none */
  readonly target?: string;
}

/** Gets libtorch and builds the addon against it; what is there already is left alone. */
export async function setup(options: SetupOptions, listener: Listener): Promise<void> {
  if (permissionModel())
    throw new InputError(
      "Setting up starts programs (CMake, the compiler, Python), and Node's permission model is on: run `torchts setup` without `--permission`.",
    );
  requireBuild();
  const libtorch = await ensureLibtorch({ ...options, listener });
  listener.say(`libtorch ${libtorch.version} (${libtorch.flavour}) from ${libtorch.source}: ${libtorch.folder}`);
  const suggestion = suggestCuda(libtorch.flavour, nvidiaDriver());
  if (suggestion) listener.say(suggestion);
  const addon = await buildAddon({ libtorch: libtorch.folder, target: options.target, listener });
  listener.say(`addon: ${addon}`);
}

/** For commands that need the addon: the first call on a machine sets it up. */
export async function ensureReady(): Promise<void> {
  if (!addonPresent()) await setup({}, terminal);
}
