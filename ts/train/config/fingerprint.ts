import { createHash } from 'node:crypto';
import { type ConfigTree, type ConfigValue, leaves } from './keys';

/** A digest of the configuration without the keys that cannot change the result of a run. */
export function fingerprint(config: ConfigTree, free: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(resultKeys(config, free)))
    .digest('hex')
    .slice(0, 16);
}

/**
 * A digest of labelled images in their order; where they lie does not count.
 * @param labels what is known of each image; no row may be the beginning of another
 */
export function imageFingerprint(names: readonly string[], labels: Iterable<Uint8Array | string>): string {
  const hash = createHash('sha256').update(JSON.stringify(names));
  for (const label of labels) hash.update(label);
  return hash.digest('hex');
}

/** The dotted keys whose values differ between two configurations, `free` ones left out. */
export function changedKeys(a: ConfigTree, b: ConfigTree, free: readonly string[]): string[] {
  const left = new Map(resultKeys(a, free));
  const right = new Map(resultKeys(b, free));
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys].filter((key) => JSON.stringify(left.get(key)) !== JSON.stringify(right.get(key)));
}

/** The keys that decide the result, with their values, sorted. */
function resultKeys(config: ConfigTree, free: readonly string[]): [string, ConfigValue][] {
  return leaves(config)
    .filter(([key]) => !free.some((name) => key === name || key.startsWith(`${name}.`)))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
