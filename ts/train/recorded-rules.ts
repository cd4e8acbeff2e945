/** The rules of a training as config.yaml records them. */
import type { ConfigTree, ConfigValue } from './config/keys';

const RULES = ['optimizer', 'groups', 'layerDecay', 'unfreeze', 'schedule'] as const;

/** Those of the options that are rules, not instances or functions; patterns are written as their sources. */
export function recorded(options: { readonly [Name in (typeof RULES)[number]]?: unknown }): ConfigTree {
  return Object.fromEntries(
    RULES.flatMap((name) => {
      const value = valueOf(options[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function valueOf(value: unknown): ConfigValue | undefined {
  if (value instanceof RegExp) return value.flags === '' ? value.source : String(value);
  if (Array.isArray(value)) return value.map((item) => valueOf(item) ?? null);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' ? undefined : (value as undefined);
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const written = valueOf(item);
      return written === undefined ? [] : [[key, written]];
    }),
  );
}
