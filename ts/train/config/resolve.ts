import { parse } from 'yaml';
import { ZodObject, ZodPrefault, type ZodType } from 'zod';
import { UsageError } from '../../errors';
import { describeValue, readConfigLayers } from './files';
import { type ConfigTree, type ConfigValue, groupKeys, isGroup, leaves, nearestKey, valueAt } from './keys';

/** Where the values of a run come from; each source overrides the one before it. */
export interface ConfigSources {
  /** What to start from: a preset, or the configuration of the run that goes on. Keys that it lacks have their defaults. */
  readonly base: ConfigTree;
  /** A YAML file with some of the same keys; `extends` in it names others that come before it. */
  readonly file?: string;
  /** Assignments such as `optimizer.lr=3e-4`; the value is read as YAML. */
  readonly set?: readonly string[];
}

/**
 * Lays `file` and then `set` over `base`, gives the keys that are still absent their defaults, and checks the outcome.
 * A key that `schema` does not have is a `UsageError` that names the nearest.
 */
export function resolveConfig<T>(schema: ZodType<T>, sources: ConfigSources): T {
  const { base, file, set = [] } = sources;
  const keys = keysOf(schema);
  let config = base;
  for (const { path, tree } of file === undefined ? [] : readConfigLayers(file))
    config = overlay(config, tree, { keys, source: path });
  for (const assignment of set)
    config = overlay(config, parseAssignment(assignment), { keys, source: `the option set ${assignment}` });
  return checkConfig(schema, config);
}

/**
 * A base such as a preset gives the sizes of a model from random weights. Where the file or an assignment names a checkpoint
 * instead (`model.from`), the sizes are the checkpoint's, so every key that the base has below `model` becomes null.
 * @param model what the sources resolve to
 */
export function withSizesOfCheckpoint(
  sources: ConfigSources,
  { model }: { readonly model: { readonly from: string | null } },
): ConfigSources {
  const { base } = sources;
  const own = base['model'];
  if (model.from === null || !isGroup(own) || (own['from'] ?? null) !== null) return sources;
  return { ...sources, base: { ...base, model: Object.fromEntries(Object.keys(own).map((key) => [key, null])) } };
}

/** `optimizer.lr=3e-4` becomes `{ optimizer: { lr: 0.0003 } }`. */
function parseAssignment(assignment: string): ConfigTree {
  const split = assignment.indexOf('=');
  if (split < 1)
    throw new UsageError(`Expected key=value for the option set, such as epochs=3, found "${assignment}".`);
  const keys = assignment.slice(0, split).trim().split('.');
  return keys.reduceRight<ConfigValue>((value, key) => ({ [key]: value }), yamlValue(assignment, split)) as ConfigTree;
}

function yamlValue(assignment: string, split: number): ConfigValue {
  const text = assignment.slice(split + 1).trim();
  try {
    return text === '' ? '' : (parse(text) as ConfigValue);
  } catch (cause) {
    throw new UsageError(`the option set ${assignment}: "${text}" is not a YAML value.`, { cause });
  }
}

/** The groups of a schema, and null for each key in them. */
function keysOf(schema: ZodType): ConfigTree {
  const type = schema instanceof ZodPrefault ? schema.unwrap() : schema;
  const shape = type instanceof ZodObject ? (type.shape as Record<string, ZodType>) : {};
  return Object.fromEntries(
    Object.entries(shape).map(([key, value]) => {
      const inner = value instanceof ZodPrefault ? value.unwrap() : value;
      return [key, inner instanceof ZodObject ? keysOf(inner) : null];
    }),
  );
}

/** Where a layer of values comes from, and which keys it may have. */
interface Layer {
  readonly keys: ConfigTree;
  /** Names the layer in errors. */
  readonly source: string;
  /** All keys, and those above the ones of this call. */
  readonly root?: ConfigTree;
  readonly prefix?: string;
}

/** `base` with the values of `layer`. */
function overlay(base: ConfigTree, layer: ConfigTree, { keys, source, root = keys, prefix = '' }: Layer): ConfigTree {
  const merged: Record<string, ConfigValue> = { ...base };
  for (const [key, value] of Object.entries(layer)) {
    const dotted = `${prefix}${key}`;
    if (!Object.hasOwn(keys, key)) throw unknownKey(dotted, source, root);
    const known = keys[key]!;
    const before = merged[key];
    if (!isGroup(known)) merged[key] = value;
    else if (isGroup(value)) {
      const inner = { keys: known, source, root, prefix: `${dotted}.` };
      merged[key] = overlay(isGroup(before) ? before : {}, value, inner);
    } else {
      throw new UsageError(
        `${source}: "${dotted}" is a group (${Object.keys(known).join(', ')}), found ${describeValue(value)}.`,
      );
    }
  }
  return merged;
}

function unknownKey(key: string, source: string, root: ConfigTree): UsageError {
  const keys = leaves(root).map(([name]) => name);
  const nearest = nearestKey(key, [...keys, ...groupKeys(root)]);
  const hint = nearest ? `did you mean "${nearest}"?` : `the keys are ${keys.join(', ')}.`;
  return new UsageError(`${source}: there is no key "${key}"; ${hint}`);
}

/** Checks types and ranges; the error lists every offending key with what was found there. */
function checkConfig<T>(schema: ZodType<T>, config: ConfigTree): T {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const key = path.join('.');
    const found = valueAt(config, key);
    // A key that does not exist is a problem of the group that holds it, at the top of one without a name.
    return `${key === '' ? '' : `"${key}": `}${message}${found === undefined ? '' : `, found ${describeValue(found)}`}`;
  });
  throw new UsageError(`The configuration does not hold: ${problems.join('; ')}.`);
}
