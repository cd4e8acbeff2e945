import { release } from 'node:os';
import { glibcVersion } from '../platform';
import { normalizeName } from './requirement';
import { parseVersion, type Version } from './version';

/** What the name of a wheel tells (PEP 427): `torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl`. */
export interface WheelName {
  readonly file: string;
  /** Normalized. */
  readonly name: string;
  readonly version: Version;
  /** The version as the name has it, such as `2.13.0+cpu`. */
  readonly versionText: string;
  /** Like `cp311` or `py3`; several where the wheel serves several. */
  readonly pythons: readonly string[];
  readonly platforms: readonly string[];
}

/** What a wheel's platform tags are compared with. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Of a Linux with glibc: `[2, 36]`. */
  readonly glibc?: readonly [number, number];
  /** Of macOS: `[14, 0]`. */
  readonly macos?: readonly [number, number];
}

/** The wheel that a file is named as; undefined for a source archive and anything else. */
export function parseWheelName(file: string): WheelName | undefined {
  const [, name, versionText, pythons, , platforms] =
    /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(file) ?? [];
  const version = versionText && parseVersion(versionText);
  if (!name || !version) return undefined;
  return {
    file,
    name: normalizeName(name),
    version,
    versionText,
    pythons: pythons!.split('.'),
    platforms: platforms!.split('.'),
  };
}

/** This machine. */
export function currentMachine(): Machine {
  const { platform, arch } = process;
  if (platform === 'linux') {
    const [major, minor] = (glibcVersion() ?? '').split('.').map(Number);
    return { platform, arch, ...(major !== undefined && minor !== undefined && { glibc: [major, minor] as const }) };
  }
  // Darwin 20 is macOS 11, and so on to 24, which is 15; from then on macOS counts by years.
  const darwin = Number.parseInt(release(), 10);
  return { platform, arch, macos: [darwin >= 25 ? darwin + 1 : darwin - 9, 0] };
}

/** Why a wheel with these platform tags does not run on the machine, in a clause; undefined when one of them does. */
export function platformMismatch(platforms: readonly string[], machine: Machine): string | undefined {
  const reasons = platforms.map((tag) => mismatchOf(tag, machine));
  return reasons.includes(undefined)
    ? undefined
    : (reasons.find((reason) => reason?.startsWith('it needs')) ?? reasons[0]);
}

/** The glibc behind the names that manylinux had before it was numbered. */
const LEGACY_GLIBC: Readonly<Record<string, string>> = {
  manylinux1: '2_5',
  manylinux2010: '2_12',
  manylinux2014: '2_17',
};

function mismatchOf(tag: string, machine: Machine): string | undefined {
  if (tag === 'any') return undefined;
  const numbered = tag.replace(/^manylinux(1|2010|2014)(?=_)/, (name) => `manylinux_${LEGACY_GLIBC[name]!}`);
  const [, kind, major, minor, arch] = /^([a-z]+)_(?:(\d+)_(\d+)_)?(\w+)$/.exec(numbered) ?? [];
  if (kind === 'musllinux' && machine.platform === 'linux') return 'it is for musl (Alpine), and this system has glibc';
  const isHere =
    machine.platform === 'linux' ? kind === 'manylinux' || kind === 'linux' : kind === 'macosx' && machine.macos;
  if (!isHere || !archNames(machine).includes(arch ?? '')) return `it is for ${tag}`;
  if (major === undefined || minor === undefined) return undefined;
  const found = kind === 'macosx' ? machine.macos : machine.glibc;
  const needed = [Number(major), Number(minor)] as const;
  if (found && (found[0] > needed[0] || (found[0] === needed[0] && found[1] >= needed[1]))) return undefined;
  const [library, system] = kind === 'macosx' ? ['macOS', 'this is'] : ['glibc', 'this system has'];
  return `it needs ${library} ${needed.join('.')} or newer, and ${system} ${found?.join('.') ?? 'another C library'}`;
}

function archNames({ platform, arch }: Machine): readonly string[] {
  if (platform === 'darwin') return [arch === 'x64' ? 'x86_64' : arch, 'universal2'];
  return [{ x64: 'x86_64', arm64: 'aarch64' }[arch] ?? arch];
}
