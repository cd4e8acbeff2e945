import { InputError } from '../../errors';
import { compareVersions, parseVersion } from './version';

/** What a package asks for beside itself: a line `Requires-Dist` of its metadata. */
export interface Requirement {
  /** Normalized as `normalizeName` does. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Such as `<14,>=13.0.88`; empty where any version will do. */
  readonly specifier: string;
  /** The environment marker after the semicolon; empty where it is always asked for. */
  readonly marker: string;
}

/** The values that environment markers compare with, by their names in PEP 508. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

/** One spelling for each package, as the index has it: `Nvidia_cuDNN.cu13` is `nvidia-cudnn-cu13`. */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/**
 * A requirement as PEP 508 writes it.
 * @throws InputError for what is none
 */
export function parseRequirement(text: string): Requirement {
  const [, name, extras, rest] = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*([^;]*)/.exec(text) ?? [];
  if (!name) throw new InputError(`Expected the requirement of a Python package, found '${text}'.`);
  const marker = /;(.*)$/s.exec(text)?.[1]?.trim() ?? '';
  return {
    name: normalizeName(name),
    extras: (extras ?? '')
      .split(',')
      .map((extra) => normalizeName(extra.trim()))
      .filter(Boolean),
    specifier: rest!.trim().replace(/^\((.*)\)$/, '$1'),
    marker,
  };
}

/** The requirements among the headers of a package's METADATA. */
export function requirementsOf(metadata: string): Requirement[] {
  const headers = metadata.split(/\r?\n\r?\n/, 1)[0]!;
  return [...headers.matchAll(/^Requires-Dist:\s*(.+?)\s*$/gm)].map(([, text]) => parseRequirement(text!));
}

/** The environment of a machine, for the Python that a wheel was made for. */
export function markerEnvironment(python: string, platform = process.platform, arch = process.arch): MarkerEnvironment {
  const isMac = platform === 'darwin';
  const machine = arch === 'x64' ? 'x86_64' : isMac ? 'arm64' : 'aarch64';
  return {
    python_version: python,
    python_full_version: `${python}.0`,
    os_name: 'posix',
    sys_platform: platform,
    platform_machine: machine,
    platform_system: isMac ? 'Darwin' : 'Linux',
    platform_python_implementation: 'CPython',
    implementation_name: 'cpython',
  };
}

/**
 * Whether a requirement is asked for: its marker is empty, or true in the environment with one of the extras.
 * @throws InputError for a marker that PEP 508 does not know
 */
export function isAskedFor(marker: string, environment: MarkerEnvironment, extras: readonly string[] = []): boolean {
  if (marker === '') return true;
  const choices = extras.length > 0 ? extras : [''];
  return choices.some((extra) => new MarkerParser(marker, { ...environment, extra }).evaluate());
}

const TOKEN = /\s*(?:(\()|(\))|(and\b|or\b)|(not\s+in\b|in\b|===|==|!=|~=|<=|>=|<|>)|'([^']*)'|"([^"]*)"|([a-z_]+))/y;

interface Operand {
  readonly value: string;
  readonly isVersion: boolean;
}

/** Recursive descent over `a == 'x' and (b or c)`; and binds tighter than or. */
class MarkerParser {
  #position = 0;
  readonly #text: string;
  readonly #environment: MarkerEnvironment;

  constructor(text: string, environment: MarkerEnvironment) {
    this.#text = text;
    this.#environment = environment;
  }

  evaluate(): boolean {
    const value = this.#or();
    if (this.#text.slice(this.#position).trim() !== '') throw this.#refusal();
    return value;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#take(3, 'or')) value = this.#and() || value;
    return value;
  }

  #and(): boolean {
    let value = this.#comparison();
    while (this.#take(3, 'and')) value = this.#comparison() && value;
    return value;
  }

  #comparison(): boolean {
    if (this.#take(1)) {
      const value = this.#or();
      if (!this.#take(2)) throw this.#refusal();
      return value;
    }
    const left = this.#operand();
    const operator = this.#take(4)?.replace(/\s+/, ' ');
    if (!operator) throw this.#refusal();
    return compare(left, operator, this.#operand());
  }

  #operand(): Operand {
    const literal = this.#take(5) ?? this.#take(6);
    if (literal !== undefined) return { value: literal, isVersion: false };
    const name = this.#take(7);
    const value = name === undefined ? undefined : this.#environment[name];
    if (value === undefined) throw this.#refusal();
    return { value, isVersion: /^python_/.test(name!) };
  }

  /** The next token where it is of the wanted group (of `TOKEN`) and word; otherwise nothing is taken. */
  #take(group: number, word?: string): string | undefined {
    TOKEN.lastIndex = this.#position;
    const token = TOKEN.exec(this.#text)?.[group];
    if (token === undefined || (word !== undefined && token !== word)) return undefined;
    this.#position = TOKEN.lastIndex;
    return token;
  }

  #refusal(): InputError {
    return new InputError(`Expected an environment marker of PEP 508, found '${this.#text}'.`);
  }
}

function compare(left: Operand, operator: string, right: Operand): boolean {
  if (operator === 'in') return right.value.includes(left.value);
  if (operator === 'not in') return !right.value.includes(left.value);
  const isVersion = left.isVersion || right.isVersion;
  const [one, other] = [left.value, right.value].map((value) => (isVersion ? parseVersion(value) : undefined));
  const difference = one && other ? compareVersions(one, other) : left.value.localeCompare(right.value, 'en');
  switch (operator) {
    case '==':
    case '===':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '<=':
      return difference <= 0;
    case '>=':
    case '~=':
      return difference >= 0;
    case '<':
      return difference < 0;
    default:
      return difference > 0;
  }
}
