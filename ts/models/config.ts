import { InputError } from '../errors';
import { show } from '../options';
import { DTYPES } from '../tensor';
import {
  camelCase,
  fieldValues,
  oneOf,
  optional,
  snakeCase,
  strings,
  type FieldTable,
  type FieldValues,
} from './fields';
import { overrideLabels, resolveLabels, type LabelOptions, type Labels } from './labels';

export const PROBLEM_TYPES = ['regression', 'single_label_classification', 'multi_label_classification'] as const;
/** What a classifier predicts, which decides its loss (`classificationLoss`). */
export type ProblemType = (typeof PROBLEM_TYPES)[number];

/** The fields of every model. */
const commonFields = {
  /** The classes that the weights were saved from. */
  architectures: optional(strings()),
  /** The element type of the saved weights. */
  dtype: optional(oneOf(DTYPES, 'float32')),
  /** Found from the first labels when it is not given, by the rules of transformers, and from then on part of the file. */
  problemType: optional(oneOf(PROBLEM_TYPES, 'regression')),
  /** Attention as one fused operator, or written out; the same up to rounding. A choice of the machine, so not part of the file. */
  attnImplementation: oneOf(['sdpa', 'eager'], 'sdpa'),
} satisfies FieldTable;

/** What a configuration with these fields of its own is made from. */
export type ConfigOptions<Table extends FieldTable> = Partial<
  Readonly<FieldValues<typeof commonFields> & FieldValues<Table>>
> &
  LabelOptions;
type Untyped = Readonly<Record<string, unknown>>;

/** Keys of the file that no field stands for. */
const EXTRA = Symbol('extra');
type GivenOptions = LabelOptions & { readonly [EXTRA]?: Untyped };

// The fields become properties: the interface tells the compiler so.
export interface PretrainedConfig extends FieldValues<typeof commonFields> {}

/**
 * The options of a model, as `config.json` of a hub folder holds them: camelCase here, snake_case there. Keys that no
 * field stands for are kept and written back, so that a file of another library passes through unharmed.
 */
export abstract class PretrainedConfig {
  /** The `model_type` of the file. */
  abstract get modelType(): string;
  /** Name of each class by its number. */
  readonly id2label: Labels;
  /** Number of each class by its name. */
  readonly label2id: Readonly<Record<string, number>>;
  readonly #table: FieldTable;
  readonly #extra: Untyped;

  /**
   * Reads the content of a config.json.
   * @param overrides options that replace those of the file
   * @param where the name of the file in messages
   */
  static fromJSON<Config extends PretrainedConfig, Options extends object>(
    this: ConfigClass<Config, Options>,
    json: unknown,
    overrides: Options = {} as Options,
    where = 'config.json',
  ): Config {
    return readConfig(this, json, overrides, where);
  }

  /** Takes a configuration, options, or the content of a config.json. */
  static from<Config extends PretrainedConfig, Options extends object>(
    this: ConfigClass<Config, Options>,
    value: Config | Options | Untyped,
  ): Config {
    return configOf(this, value);
  }

  /**
   * Turns the content of a config.json that another version or library wrote into what this one writes.
   * @param _where the name of the file in messages
   * @param _overrides the options that will replace those of the file
   */
  static upgradeJson(json: Untyped, _where: string, _overrides: object): Untyped {
    return json;
  }

  /** @param where what the options come from, for messages */
  protected constructor(table: FieldTable, options: GivenOptions, where: string) {
    checkNames(table, options, where);
    Object.assign(this, fieldValues(table, { ...options }, where));
    const { id2label, label2id } = resolveLabels(options, where);
    this.id2label = id2label;
    this.label2id = label2id;
    this.#table = table;
    this.#extra = options[EXTRA] ?? {};
    if (this.problemType === 'single_label_classification' && this.numLabels === 1) {
      throw new InputError(
        `${where}: single_label_classification needs at least 2 labels, found 1; for yes or no take 2 labels, for a number regression.`,
      );
    }
  }

  /** Number of classes. */
  get numLabels(): number {
    return Object.keys(this.id2label).length;
  }

  /** Layers of the network: a config.json that asks for more of them than its weights have tensors is refused. */
  get layerCount(): number {
    return 0;
  }

  /** The content of config.json, its keys in order as transformers writes them. */
  toJSON(): Record<string, unknown> {
    const { attnImplementation: _machine, ...fields } = this.#table;
    const own = Object.keys(fields).map((name) => [snakeCase(name), this[name as keyof this]]);
    const all = {
      ...this.#extra,
      ...Object.fromEntries(own),
      id2label: this.id2label,
      label2id: this.label2id,
      model_type: this.modelType,
    };
    return Object.fromEntries(
      Object.entries(all)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  /** The text of config.json, with `more` over the options. Floats have a point, without which transformers 5 refuses them. */
  toText(more: Untyped = {}): string {
    const entries = Object.entries({ ...this.toJSON(), ...more }).filter(([, value]) => value !== undefined);
    const isFloat = (key: string): boolean => this.#table[camelCase(key)]?.isFloat === true;
    const text = (key: string, value: unknown): string =>
      isFloat(key) && Number.isInteger(value)
        ? (value as number).toFixed(1)
        : JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
    return `{\n${entries.map(([key, value]) => `  ${JSON.stringify(key)}: ${text(key, value)}`).join(',\n')}\n}\n`;
  }
}

/** The class of a configuration. */
export interface ConfigClass<Config extends PretrainedConfig, Options extends object = object> {
  new (options?: Options, where?: string): Config;
  /** The `model_type` of its files. */
  readonly modelType: string;
  /** What it can be told. */
  readonly fields: FieldTable;
  /** See {@link PretrainedConfig.upgradeJson}. */
  upgradeJson(json: Untyped, where: string, overrides: object): Untyped;
}

/** @internal `PretrainedConfig.fromJSON` of a class */
export function readConfig<Config extends PretrainedConfig, Options extends object>(
  configClass: ConfigClass<Config, Options>,
  json: unknown,
  overrides: object = {},
  where = 'config.json',
): Config {
  const { fields, modelType } = configClass;
  const content = configClass.upgradeJson(requireObject(json, where), where, overrides);
  return new configClass(optionsFromJson(fields, modelType, content, overrides, where) as Options, where);
}

/** @internal `PretrainedConfig.from` of a class */
export function configOf<Config extends PretrainedConfig, Options extends object>(
  configClass: ConfigClass<Config, Options>,
  value: Config | Options | Untyped,
): Config {
  if (value instanceof configClass) return value;
  return isFileContent(configClass, value) ? readConfig(configClass, value) : new configClass(value as Options);
}

/**
 * Whether the keys are those of a config.json, in snake_case.
 * @throws InputError where some are and others are options: each would be lost in the other kind
 */
function isFileContent(configClass: { readonly name: string; readonly fields: FieldTable }, value: object): boolean {
  const keys = Object.keys(value);
  const ofFile = keys.find((key) => key.includes('_'));
  const isOption = (key: string): boolean =>
    key !== snakeCase(key) && (Object.hasOwn(configClass.fields, key) || key === 'numLabels');
  const option = keys.find(isOption);
  if (ofFile !== undefined && option !== undefined)
    throw new InputError(
      `${configClass.name}: expected options or the content of a config.json, found both ${option} and ${ofFile}; write ${camelCase(ofFile)} or ${snakeCase(option)}.`,
    );
  return ofFile !== undefined;
}

/** A configuration with a property for each field, as {@link modelConfig} makes its class. */
export interface FieldConfigClass<Type extends string, Table extends FieldTable> extends Pick<
  typeof PretrainedConfig,
  'fromJSON' | 'from' | 'upgradeJson'
> {
  new (
    options?: ConfigOptions<Table>,
    where?: string,
  ): PretrainedConfig & FieldValues<Table> & { readonly modelType: Type };
  /** The `model_type` of its files. */
  readonly modelType: Type;
  /** What it can be told. */
  readonly fields: FieldTable;
}

/**
 * The base for the configuration of a kind of model: `class ViTConfig extends modelConfig('vit', fields)` has each field as an
 * option, a property and a key of its files, beside those that every model has.
 * @param modelType the `model_type` of its files
 */
export function modelConfig<const Type extends string, Table extends FieldTable>(
  modelType: Type,
  own: Table,
): FieldConfigClass<Type, Table> {
  const fields = { ...commonFields, ...own };
  class FieldConfig extends PretrainedConfig {
    static readonly modelType = modelType;
    static readonly fields = fields;

    constructor(options: LabelOptions = {}, where = new.target.name) {
      super(fields, options, where);
    }

    get modelType(): Type {
      return modelType;
    }
  }
  return FieldConfig as unknown as FieldConfigClass<Type, Table>;
}

/**
 * The options that the content of a config.json stands for, with `overrides` over them.
 * @throws InputError when it is the configuration of another kind of model
 */
function optionsFromJson(
  table: FieldTable,
  modelType: string,
  json: Untyped,
  overrides: object,
  where: string,
): GivenOptions {
  const { model_type: found = modelType, torch_dtype: formerDtype, num_labels, id2label, label2id, ...rest } = json;
  if (found !== modelType) {
    throw new InputError(
      `${where}: expected model_type ${modelType}, found ${JSON.stringify(found)}: it belongs to another kind of model.`,
    );
  }
  const known: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const [key, value] of Object.entries({ ...rest, dtype: rest.dtype ?? formerDtype })) {
    if (Object.hasOwn(table, camelCase(key))) known[camelCase(key)] = value;
    else extra[key] = value;
  }
  // Where the file has both, the names are right and the count is a leftover.
  const labels = defined({ id2label, label2id, numLabels: id2label ? undefined : num_labels }) as LabelOptions;
  const { numLabels, id2label: names, label2id: numbers, ...fields } = defined(overrides);
  const given = defined({ numLabels, id2label: names, label2id: numbers }) as LabelOptions;
  return { ...known, ...fields, ...overrideLabels(labels, given), [EXTRA]: extra };
}

/** @throws InputError for anything but an object */
function requireObject(json: unknown, where: string): Record<string, unknown> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new InputError(`${where}: expected a JSON object, found ${show(json)}.`);
}

/** Without the keys that have no value. */
function defined(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

function checkNames(table: FieldTable, options: object, where: string): void {
  const known = [...Object.keys(table), 'numLabels', 'id2label', 'label2id'];
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = known.find((other) => other.toLowerCase() === name.replaceAll('_', '').toLowerCase());
    throw new InputError(
      `${where}: there is no option ${name}; ${meant ? `write ${meant}` : `it knows ${known.join(', ')}`}.`,
    );
  }
}
