/** Versions of Python packages and what a requirement says of them, as PEP 440 defines both. */

export interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  /** The phase of a pre-release and its number. */
  readonly pre?: readonly ['a' | 'b' | 'rc', number];
  readonly post?: number;
  readonly dev?: number;
  /** The parts of what follows the plus sign, such as `cpu`. */
  readonly local: readonly string[];
}

const PATTERN = new RegExp(
  '^v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)' +
    '(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\\d*))?' +
    '(?:-(\\d+)|[-_.]?(post|rev|r)[-_.]?(\\d*))?' +
    '(?:[-_.]?(dev)[-_.]?(\\d*))?' +
    '(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
  'i',
);

const PHASES: Readonly<Record<string, 'a' | 'b' | 'rc'>> = {
  a: 'a',
  alpha: 'a',
  b: 'b',
  beta: 'b',
  c: 'rc',
  rc: 'rc',
  pre: 'rc',
  preview: 'rc',
};

/** The version that a text names; undefined for what is none. */
export function parseVersion(text: string): Version | undefined {
  const match = PATTERN.exec(text.trim());
  if (!match) return undefined;
  const [, epoch, release, phase, pre, implicitPost, post, postNumber, dev, devNumber, local] = match;
  return {
    epoch: Number(epoch ?? 0),
    release: release!.split('.').map(Number),
    ...(phase && { pre: [PHASES[phase.toLowerCase()]!, Number(pre)] }),
    ...(implicitPost && { post: Number(implicitPost) }),
    ...(post && { post: Number(postNumber) }),
    ...(dev && { dev: Number(devNumber) }),
    local: local ? local.toLowerCase().split(/[-_.]/) : [],
  };
}

/** Negative where `one` is older than `other`, positive where it is newer. */
export function compareVersions(one: Version, other: Version): number {
  return (
    one.epoch - other.epoch ||
    compareLists(one.release, other.release, 0) ||
    compareLists(suffixKey(one), suffixKey(other), 0) ||
    compareLocals(one.local, other.local)
  );
}

/** Whether `version` is one that the comma-separated clauses of `specifier` let in, such as `<14,>=13.0.88`. */
export function satisfies(version: Version, specifier: string): boolean {
  const clauses = specifier
    .split(',')
    .map((clause) => clause.trim())
    .filter(Boolean);
  return clauses.every((clause) => satisfiesClause(version, clause));
}

/** Alpha, beta, release candidate or development version: taken only where it is asked for. */
export function isPrerelease({ pre, dev }: Version): boolean {
  return pre !== undefined || dev !== undefined;
}

function satisfiesClause(version: Version, clause: string): boolean {
  const [, operator, operand] = /^(===|==|!=|~=|<=|>=|<|>)\s*(.+)$/.exec(clause) ?? [];
  if (!operator || !operand) return false;
  if (operand.endsWith('.*')) {
    const isWithin = hasPrefix(version, operand.slice(0, -2));
    return operator === '==' ? isWithin : operator === '!=' && !isWithin;
  }
  const wanted = parseVersion(operand);
  if (!wanted) return false;
  // A clause without a local part speaks of the public version alone.
  const difference = compareVersions(wanted.local.length > 0 ? version : { ...version, local: [] }, wanted);
  if (operator === '==' || operator === '===') return difference === 0;
  if (operator === '!=') return difference !== 0;
  if (operator === '<=') return difference <= 0;
  if (operator === '>=') return difference >= 0;
  if (operator === '<') return difference < 0 && (isPrerelease(wanted) || !isPrereleaseOf(version, wanted));
  if (operator === '>') return difference > 0 && (wanted.post !== undefined || !isPostReleaseOf(version, wanted));
  return difference >= 0 && hasPrefix(version, wanted.release.slice(0, -1).join('.'), wanted.epoch);
}

function hasPrefix({ epoch, release }: Version, prefix: string, wantedEpoch?: number): boolean {
  const wanted = parseVersion(prefix);
  return (
    wanted !== undefined &&
    epoch === (wantedEpoch ?? wanted.epoch) &&
    wanted.release.every((part, index) => (release[index] ?? 0) === part)
  );
}

function isPrereleaseOf(version: Version, of: Version): boolean {
  return isPrerelease(version) && compareLists(version.release, of.release, 0) === 0;
}

function isPostReleaseOf(version: Version, of: Version): boolean {
  return version.post !== undefined && compareLists(version.release, of.release, 0) === 0;
}

/** What follows the release as numbers: a development version comes before a pre-release, that before the release, a post-release last. */
function suffixKey({ pre, post, dev }: Version): number[] {
  const isOnlyDev = dev !== undefined && pre === undefined && post === undefined;
  const phase = isOnlyDev ? -1 : pre === undefined ? 3 : { a: 0, b: 1, rc: 2 }[pre[0]];
  return [phase, pre?.[1] ?? 0, post ?? -1, dev ?? Infinity];
}

function compareLists(one: readonly number[], other: readonly number[], missing: number): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [left, right] = [one[index] ?? missing, other[index] ?? missing];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function compareLocals(one: readonly string[], other: readonly string[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [left, right] = [one[index], other[index]];
    if (left === right) continue;
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftIsNumber && rightIsNumber) return Number(left) - Number(right);
    if (leftIsNumber !== rightIsNumber) return leftIsNumber ? 1 : -1;
    return left < right ? -1 : 1;
  }
  return 0;
}
