import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cmake, compiler, installHint, type Tool } from '../native/build';
import { nvidiaDriver, requestedFlavour, suggestCuda } from '../native/libtorch/flavour';
import { locateLibtorch, type Attempt, type Search } from '../native/libtorch/locate';
import { probeSources } from '../native/libtorch/probe';
import { absence, addonFixes, addonPlaces, libtorchLibFolder, localAddon } from '../native/load';
import { packageVersion } from '../native/package';

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
  const search = locateLibtorch(requestedFlavour());
  const addon = examineAddon();
  const usable = addon.state === 'ok';
  const findings = [
    examinePlatform(),
    await examineLibtorch(search, usable),
    addon,
    examineTool('CMake', cmake(), usable),
    examineTool('compiler', compiler(), usable),
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
  const { node } = process.versions;
  if (!satisfies(node)) return { subject: 'platform', state: 'note', text, fixes: [`Use Node 20.19, 22.12 or newer; this is ${node}.`] };
  return { subject: 'platform', state: 'ok', text };
}

function satisfies(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

async function examineLibtorch({ found, attempts }: Search, usable: boolean): Promise<Finding> {
  const tried = attempts.map(({ place, reason }) => `not ${place}: ${reason}`);
  if (found) {
    const text = `${found.version} (${found.flavour}) from ${found.source}: ${found.folder}`;
    return { subject: 'libtorch', state: 'ok', text, details: tried };
  }
  if (usable) return { subject: 'libtorch', state: 'note', text: `only the one that the addon is linked to: ${libtorchLibFolder()}`, details: tried };
  const sources = await probeSources(requestedFlavour() ?? 'cpu');
  const wrong = process.env.TORCHTS_LIBTORCH ? ['Correct or unset TORCHTS_LIBTORCH.'] : [];
  const fixes = sources.some((source) => source.available)
    ? wrong
    : [...wrong, 'Give this machine network access to download.pytorch.org or a package index for pip, or set TORCHTS_LIBTORCH to a libtorch folder.'];
  const details = [...tried, ...sources.map(({ place, text }) => `${place}: ${text}`)];
  return { subject: 'libtorch', state: 'missing', text: 'not on this machine', details, fixes };
}

function examineAddon(): Finding {
  const attempts: Attempt[] = [];
  for (const place of addonPlaces()) {
    const reason = loadApart(place);
    if (reason === undefined) return { subject: 'addon', state: 'ok', text: place };
    attempts.push({ place, reason });
  }
  return {
    subject: 'addon',
    state: 'missing',
    text: existsSync(localAddon) ? 'it does not load' : 'it is not built',
    details: attempts.map(({ place, reason }) => `not ${place}: ${reason}`),
    fixes: addonFixes(attempts).filter((fix) => !fix.includes('doctor')),
  };
}

/** Loads an addon in a process of its own, which a library that crashes may end; undefined when it loads, else why not. */
function loadApart(place: string): string | undefined {
  const absent = absence(place);
  if (absent) return absent;
  const child = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', require.resolve(place)], { encoding: 'utf8' });
  if (child.status === 0) return undefined;
  return child.signal ? `loading it ended the process with ${child.signal}` : (/^Error: (.+)$/m.exec(child.stderr)?.[1] ?? child.stderr.trim());
}

function examineTool(subject: string, { name, version }: Tool, usable: boolean): Finding {
  if (version) return { subject, state: 'ok', text: `${name} ${version}` };
  const text = `\`${name}\` cannot be run`;
  if (usable) return { subject, state: 'note', text: `${text}; it is needed only to build the addon again` };
  return { subject, state: 'missing', text, fixes: [`For the compiler and CMake: ${installHint()}.`] };
}

function examineCuda({ found }: Search): Finding {
  const driver = nvidiaDriver();
  if (!driver) return { subject: 'CUDA', state: 'note', text: 'no NVIDIA driver' };
  const suggestion = suggestCuda(found?.flavour ?? 'cpu', driver);
  if (suggestion) return { subject: 'CUDA', state: 'note', text: suggestion };
  return { subject: 'CUDA', state: 'ok', text: `NVIDIA driver ${driver}, libtorch ${found?.flavour}` };
}
