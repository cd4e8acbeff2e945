import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../errors';
import type { Products } from '../native/binding';
import { buildProblems, cmake, compiler, installHint, makeProgram, packagesProblem, type Tool } from '../native/build';
import { cacheFolder } from '../native/libtorch/cache';
import { nvidiaDriver } from '../native/libtorch/driver';
import { driverProblem, requestedFlavour, suggestCuda } from '../native/libtorch/flavour';
import { locateLibtorch, type Attempt, type Search } from '../native/libtorch/locate';
import { probeSources } from '../native/libtorch/probe';
import {
  addonFixes,
  addonLocations,
  checkMklDispatch,
  libtorchLibFolder,
  locateAddon,
  localAddon,
} from '../native/load';
import { packageVersion } from '../native/package';
import { permissionModel, platformProblem } from '../native/platform';
import { prebuiltFolder } from '../native/prebuilt';
import { describeSystemError, isSystemError } from '../native/system-error';

/** One thing that was looked at. */
export interface Finding {
  readonly subject: string;
  readonly state: 'ok' | 'missing' | 'note';
  readonly text: string;
  /** Further lines: the places tried. */
  readonly details?: readonly string[];
  /** What to do about it. */
  readonly fixes?: readonly string[];
}

export interface Diagnosis {
  /** Whether torchts can be used as it is. */
  readonly usable: boolean;
  readonly findings: readonly Finding[];
}

/** Looks at everything that torchts needs on this machine; changes nothing. */
export async function diagnose(): Promise<Diagnosis> {
  if (permissionModel())
    throw new InputError(
      "The diagnosis starts programs, and Node's permission model is on: run `torchts doctor` without `--permission`; torchts itself needs `--allow-addons` and `--allow-fs-read` under it.",
    );
  checkMklDispatch();
  const search = locateLibtorch(requestedFlavour(), process.env, { headers: prebuiltFolder() === undefined });
  const { addon, products } = examineAddon();
  const usable = addon.state === 'ok';
  // The addon of a package is not compiled here.
  const isBuilt = !usable && prebuiltFolder() === undefined;
  const findings = [
    examinePlatform(),
    await examineLibtorch(search, usable),
    addon,
    ...describeProducts(products),
    examineTool('CMake', cmake(), isBuilt),
    examineTool('compiler', compiler(), isBuilt),
    examineTool('make', makeProgram(), isBuilt),
    ...examinePackages(isBuilt),
    ...examineCache(),
    examineCuda(search),
  ];
  return { usable, findings };
}

/** The diagnosis as text: a line a finding, then the numbered fixes. */
export function report({ findings }: Diagnosis): string {
  const lines = findings.flatMap(({ subject, state, text, details = [] }) => [
    `${state.padEnd(8)}${subject.padEnd(10)}${text}`,
    ...details.map((detail) => `${' '.repeat(18)}${detail}`),
  ]);
  const fixes = [...new Set(findings.flatMap((finding) => finding.fixes ?? []))];
  if (fixes.length > 0) lines.push('', 'What to do:', ...fixes.map((fix, index) => `  ${index + 1}. ${fix}`));
  return lines.join('\n');
}

function examinePlatform(): Finding {
  const text = `${process.platform}-${process.arch}, Node ${process.versions.node}, torchts ${packageVersion()}`;
  const problem = platformProblem();
  if (problem) return { subject: 'platform', state: 'missing', text, fixes: [problem] };
  return { subject: 'platform', state: 'ok', text };
}

async function examineLibtorch({ found, attempts }: Search, usable: boolean): Promise<Finding> {
  const tried = attempts.map(({ location, reason }) => `not ${location}: ${reason}`);
  if (found) {
    const text = `${found.version} (${found.flavour}) from ${found.source}: ${found.folder}`;
    return { subject: 'libtorch', state: 'ok', text, details: tried };
  }
  if (usable)
    return {
      subject: 'libtorch',
      state: 'note',
      text: `only the one that the addon is linked to: ${libtorchLibFolder()}`,
      details: tried,
    };
  const sources = await probeSources(requestedFlavour() ?? 'cpu');
  const wrong = process.env.TORCHTS_LIBTORCH ? ['Correct or unset TORCHTS_LIBTORCH.'] : [];
  const fixes = sources.some((source) => source.available)
    ? wrong
    : [
        ...wrong,
        'Name a package index that has torch in TORCHTS_INDEX or a mirror of download.pytorch.org in TORCHTS_MIRROR, take an offline pack with `npx torchts setup --from <file>`, or set TORCHTS_LIBTORCH to a libtorch folder.',
      ];
  const details = [...tried, ...sources.map(({ location, text }) => `${location}: ${text}`)];
  return { subject: 'libtorch', state: 'missing', text: 'not on this machine', details, fixes };
}

/** The addon, and what it measured if it loads. */
function examineAddon(): { addon: Finding; products?: Products } {
  const attempts: Attempt[] = [];
  for (const location of addonLocations()) {
    const { products, reason } = loadApart(location);
    if (reason === undefined) return { addon: { subject: 'addon', state: 'ok', text: location }, products };
    attempts.push({ location, reason });
  }
  const addon: Finding = {
    subject: 'addon',
    state: 'missing',
    text: existsSync(localAddon) ? 'it does not load' : 'it is not built',
    details: attempts.map(({ location, reason }) => `not ${location}: ${reason}`),
    fixes: addonFixes(attempts).filter((fix) => !fix.includes('doctor')),
  };
  return { addon };
}

const LOAD_AND_MEASURE = 'console.log(JSON.stringify(require(process.argv[1]).measureProducts()))';

/** Loads an addon in a process of its own, which a library that crashes may end; `reason` says why it does not load. */
function loadApart(location: string): { products?: Products; reason?: string } {
  const found = locateAddon(location);
  if (typeof found === 'string') return { reason: found };
  const flags = process.execArgv.filter((flag) => flag === '--no-addons');
  const child = spawnSync(process.execPath, [...flags, '-e', LOAD_AND_MEASURE, found()], {
    encoding: 'utf8',
  });
  if (child.status === 0) return { products: JSON.parse(child.stdout) as Products };
  const reason = child.signal
    ? `loading it ended the process with ${child.signal}`
    : (/^\w*Error: (.+)$/m.exec(child.stderr)?.[1] ?? child.stderr.trim());
  return { reason };
}

const CHOSEN_BY = { features: 'features', vendor: 'maker' } as const;

/** The speed of matrix products; what other programs compute meanwhile lowers it. */
function describeProducts(products: Products | undefined): Finding[] {
  if (!products) return [];
  const { gflops, limit, threads, dispatch, instructions } = products;
  const most = limit > 0 ? `, at most ${limit.toFixed(0)} on this processor` : '';
  const kernels = dispatch ? `: MKL's ${instructions} kernels, chosen by the processor's ${CHOSEN_BY[dispatch]}` : '';
  const speed = `${gflops.toFixed(0)} GFLOP/s in float32 on ${threads} thread${threads === 1 ? '' : 's'}`;
  return [{ subject: 'products', state: 'ok', text: `${speed}${most}${kernels}` }];
}

/** @param isNeeded whether the addon has to be built */
function examineTool(subject: string, { name, version }: Tool, isNeeded: boolean): Finding {
  if (version) {
    const problem = buildProblems().find((clause) => clause.endsWith(`\`${name}\` is ${version}`));
    if (problem)
      return {
        subject,
        state: isNeeded ? 'missing' : 'note',
        text: `${name} ${version}`,
        fixes: isNeeded ? [`Get ${problem}.`] : [],
      };
    return { subject, state: 'ok', text: `${name} ${version}` };
  }
  const text = `\`${name}\` cannot be run`;
  if (!isNeeded) return { subject, state: 'note', text: `${text}; it is needed only to build the addon from source` };
  return { subject, state: 'missing', text, fixes: [`For the compiler and CMake: ${installHint()}.`] };
}

/** The npm packages that a build needs; nothing where none is missing. */
function examinePackages(isNeeded: boolean): Finding[] {
  const problem = packagesProblem();
  if (problem === undefined || !isNeeded) return [];
  return [{ subject: 'npm', state: 'missing', text: 'not all packages that a build needs', fixes: [problem] }];
}

/** The folder that libtorch is fetched into; nothing when it is as it should be. */
function examineCache(): Finding[] {
  const subject = 'cache';
  try {
    const folder = cacheFolder();
    const existing = nearest(folder);
    accessSync(existing, constants.W_OK);
    if (!statSync(existing).isDirectory())
      return [
        { subject, state: 'note', text: `${folder} cannot be made: ${existing} is no folder`, fixes: [CACHE_FIX] },
      ];
    return [];
  } catch (error) {
    if (error instanceof InputError)
      return [{ subject, state: 'note', text: 'no folder for it is known', fixes: [error.message] }];
    if (isSystemError(error))
      return [
        { subject, state: 'note', text: `it cannot be written: ${describeSystemError(error)}`, fixes: [CACHE_FIX] },
      ];
    throw error;
  }
}

const CACHE_FIX = 'Set XDG_CACHE_HOME to a folder that can be written, with 3 GB free; libtorch is fetched into it.';

/** The folder itself, or the nearest above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

function examineCuda({ found }: Search): Finding {
  const driver = nvidiaDriver();
  const flavour = found?.flavour ?? 'cpu';
  const text = driverProblem(flavour, driver) ?? suggestCuda(flavour, driver);
  if (text) return { subject: 'CUDA', state: 'note', text };
  if (!driver) return { subject: 'CUDA', state: 'note', text: 'no NVIDIA driver' };
  return { subject: 'CUDA', state: 'ok', text: `NVIDIA driver ${driver}, libtorch ${found?.flavour}` };
}
