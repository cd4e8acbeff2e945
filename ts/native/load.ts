import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError, TorchError } from '../errors';
import { nvidiaDriver } from './libtorch/driver';
import { driverProblem, requestedFlavour } from './libtorch/flavour';
import { inspectFolder } from './libtorch/folder';
import { locateLibtorch, type Attempt } from './libtorch/locate';
import { BUILD_PACKAGES, packageRoot } from './package';
import { permissionModel, platformProblem, unreadable } from './platform';
import { besideLibtorch, locatePrebuilt, missingPackageFix, platformPackage, prebuiltFolder } from './prebuilt';
import { isError } from './realm';

/** What `torchts setup` and `make build` produce; `TORCHTS_ADDON` names another build. */
export const localAddon: string = resolve(
  process.env.TORCHTS_ADDON || join(packageRoot, 'build', 'Release', 'torchts.node'),
);

/** The addon is absent or does not load; the message lists what was tried and what to do. */
export class AddonError extends TorchError {
  override readonly code = 'TTS_ADDON';

  constructor(readonly attempts: readonly Attempt[]) {
    const tried = attempts.map(({ location, reason }) => `  ${location}: ${reason}`);
    const fixes = addonFixes(attempts).map((fix, index) => `  ${index + 1}. ${fix}`);
    const machine = `${process.platform}-${process.arch} with ${runtime() ?? `Node ${process.versions.node}`}`;
    super(
      [`The native addon of torchts does not load on ${machine}.`, 'Tried:', ...tried, 'What to do:', ...fixes].join(
        '\n',
      ),
    );
  }
}

/** The file of the addon in use. */
let loaded: string | undefined;

/**
 * Loads an addon that was built with the one in use, and lies beside it.
 * @param name such as `torchts_distributed`
 * @throws AddonError when it is absent or does not load
 */
export function loadBeside(name: string): unknown {
  const location = beside(name);
  try {
    if (existsSync(location)) return open(location);
  } catch (error) {
    throw new AddonError([{ location, reason: isError(error) ? error.message : String(error) }]);
  }
  throw new AddonError([{ location, reason: 'it is not built' }]);
}

/** Whether an addon was built with the one in use. */
export function isBeside(name: string): boolean {
  return existsSync(beside(name));
}

function beside(name: string): string {
  return join(dirname(loaded ?? localAddon), `${name}.node`);
}

/** Loads the addon: the local build, else that of the package of this platform. */
export function loadAddon(): unknown {
  checkMklDispatch();
  const attempts: Attempt[] = [];
  for (const location of addonLocations()) {
    try {
      const found = locateAddon(location);
      if (typeof found !== 'string') {
        const file = found();
        const addon = open(file);
        loaded = file;
        return addon;
      }
      attempts.push({ location, reason: found });
    } catch (error) {
      attempts.push({ location, reason: isError(error) ? error.message : String(error) });
    }
  }
  throw new AddonError(attempts);
}

/** The addon reads the variable itself, at a time when it could not say that it is wrong. */
export function checkMklDispatch(dispatch = process.env.TORCHTS_MKL_DISPATCH): void {
  if (dispatch && !['features', 'vendor'].includes(dispatch))
    throw new InputError(`TORCHTS_MKL_DISPATCH: expected features or vendor, found '${dispatch}'`);
}

/**
 * Loads the addon for these modules alone: `require` would give its one table of functions to every load of the package in this
 * thread (jest.resetModules, a cleared require.cache), and they would write over each other's arguments.
 */
function open(file: string): unknown {
  const addon = { exports: {} as unknown };
  process.dlopen(addon, file);
  return addon.exports;
}

/** Whether there is an addon to load, without loading it. */
export function addonPresent(): boolean {
  return addonLocations().some((location) => typeof locateAddon(location) !== 'string');
}

/** Where the addon may be, in the order in which it is looked for. */
export function addonLocations(): string[] {
  return [localAddon, platformPackage];
}

/** What gives the file to load for a location, or one clause that says that nothing is there. */
export function locateAddon(location: string): (() => string) | string {
  if (location !== platformPackage)
    return unreadable(location) ?? (existsSync(location) ? () => location : 'it is not built');
  const prebuilt = locatePrebuilt();
  return typeof prebuilt === 'string' ? prebuilt : () => besideLibtorch(prebuilt);
}

/** The folder of the libtorch that the local build was linked against (CMake's record), else of the one that would be used now. */
export function libtorchLibFolder(): string | undefined {
  const record = join(packageRoot, 'build', 'CMakeCache.txt');
  const built = existsSync(record) ? /^TORCHTS_LIBTORCH:\w+=(.+)$/m.exec(readFileSync(record, 'utf8'))?.[1] : undefined;
  const folder = built ?? locateLibtorch(requestedFlavour(), process.env, { headers: false }).found?.folder;
  return folder && join(folder, 'lib');
}

/** Why the libtorch in use, which is one for CUDA, computes on the CPU, in a sentence; undefined where the driver is not what it lacks. */
export function cudaProblem(): string | undefined {
  const libraries = libtorchLibFolder();
  const libtorch = libraries && inspectFolder(dirname(libraries), false);
  return typeof libtorch === 'object' ? driverProblem(libtorch.flavour, nvidiaDriver()) : undefined;
}

/** What to do about an addon that does not load, the likeliest first. */
export function addonFixes(attempts: readonly Attempt[]): string[] {
  const platform = platformProblem();
  if (platform) return [platform];
  const reasons = attempts.map((attempt) => attempt.reason).join('\n');
  if (reasons.includes('another copy of torchts'))
    return [
      'Let the project have one copy: `npm ls torchts` shows who asks for which, `npm dedupe` puts them together.',
    ];
  if (/permission model does not let it be read/.test(reasons)) {
    return [`Start Node with \`--allow-fs-read=${packageRoot}\` and \`--allow-addons\`, or without \`--permission\`.`];
  }
  if (/loading addons is disabled/.test(reasons)) {
    return [
      permissionModel()
        ? 'Start Node with `--allow-addons`, or without `--permission`.'
        : 'Start Node without `--no-addons` (NODE_OPTIONS may hold it): torchts is a native addon.',
    ];
  }
  const other = runtime();
  const node =
    other === undefined
      ? []
      : [
          `Use Node.js for what needs torchts, in a process of its own: the addon is made for it, and nobody has tried ${other}.`,
        ];
  const missing = missingPackageFix();
  return [
    ...node,
    ...(missing === undefined ? [] : [missing]),
    setupFix(reasons),
    'Run `npx torchts doctor`: it says what this machine lacks.',
  ];
}

function setupFix(reasons: string): string {
  if (/lib(torch|c10)\S*: cannot open shared object|Library not loaded/.test(reasons))
    return 'The libtorch that the addon was built against is gone: run `npx torchts setup`, which finds or fetches one and builds again.';
  return prebuiltFolder() && reasons.includes('there is no libtorch')
    ? 'Run `npx torchts setup`: it gets libtorch.'
    : `Run \`npx torchts setup\`: it gets libtorch and builds the addon (a C++20 compiler, CMake and the npm packages ${BUILD_PACKAGES.join(' and ')} are needed).`;
}

/** Which runtime other than Node.js this is, with its version. */
function runtime(): string | undefined {
  const name = (['bun', 'deno', 'electron'] as const).find((one) => process.versions[one] !== undefined);
  return name && `${name[0]!.toUpperCase()}${name.slice(1)} ${process.versions[name]}`;
}
