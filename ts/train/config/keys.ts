/** A configuration as YAML holds it: named groups that end in plain values. */
export type ConfigTree = { readonly [key: string]: ConfigValue };
export type ConfigValue = string | number | boolean | null | readonly ConfigValue[] | ConfigTree;

/** True for a group of keys; lists and null are values. */
export function isGroup(value: unknown): value is ConfigTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All values in `tree` with their dotted names, in order: `[['seed', 0], ['optimizer.lr', 0.1], …]`. */
export function leaves(tree: ConfigTree, prefix = ''): [string, ConfigValue][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    isGroup(value) ? leaves(value, `${prefix}${key}.`) : ([[`${prefix}${key}`, value]] as [string, ConfigValue][]),
  );
}

/** The dotted names of all groups in `tree`. */
export function groupKeys(tree: ConfigTree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    isGroup(value) ? [`${prefix}${key}`, ...groupKeys(value, `${prefix}${key}.`)] : [],
  );
}

/** The value at a dotted key, or undefined where there is none. Keys that have dots of their own are not found. */
export function valueAt(tree: ConfigTree, key: string): ConfigValue | undefined {
  let value: ConfigValue | undefined = tree;
  for (const part of key.split('.')) {
    if (!isGroup(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** The values of `tree` at the keys that `other` has too. */
export function withKeysOf(tree: ConfigTree, other: ConfigTree): ConfigTree {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) => {
      if (!Object.hasOwn(other, key)) return [];
      const inner = other[key]!;
      return [[key, isGroup(value) && isGroup(inner) ? withKeysOf(value, inner) : value]];
    }),
  );
}

/** `tree` with the values of `other` at those dotted keys that both have. */
export function withValuesOf(tree: ConfigTree, other: ConfigTree, keys: readonly string[], prefix = ''): ConfigTree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      const inner = Object.hasOwn(other, key) ? other[key]! : undefined;
      if (isGroup(value)) return [key, isGroup(inner) ? withValuesOf(value, inner, keys, `${prefix}${key}.`) : value];
      return [key, inner !== undefined && keys.includes(`${prefix}${key}`) ? inner : value];
    }),
  );
}

/**
 * The candidate most like `key`, or undefined when none is near. A bare last part counts as well as
 * the whole key, so that `lr` finds `optimizer.lr`.
 */
export function nearestKey(key: string, candidates: readonly string[]): string | undefined {
  let best: { key: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = Math.min(
      editDistance(fold(key), fold(candidate)),
      editDistance(fold(lastPart(key)), fold(lastPart(candidate))) + (lastPart(key) === key ? 0 : 0.5),
    );
    const isNearer =
      !best || distance < best.distance || (distance === best.distance && candidate.length < best.key.length);
    if (isNearer) best = { key: candidate, distance };
  }
  return best && best.distance <= Math.max(1.5, lastPart(key).length / 3) ? best.key : undefined;
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

/** `weight_decay`, `weight-decay` and `weightDecay` are one name to a hurried writer. */
function fold(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity;
      row.push(Math.min(replaced, swapped, rows[i - 1]![j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
