import { statSync } from 'node:fs';
import { InputError } from '../errors';
import { printable } from '../printable';
import * as torch from '../tensor';
import type { Device, DType, Tensor } from '../tensor';
import { isFloatingPoint } from '../tensor/types/dtype';
import type { Module } from '../nn';
import type { FactoryOptions } from '../nn/options';
import { readConfig, type ConfigClass, type PretrainedConfig } from './config';
import type { HubOptions } from './hub';
import { initializeWeights, markInitialized } from './initialize';
import { openSource } from './source';
import { readJson, readWeights, weightFiles } from './weights';

export interface LoadOptions extends HubOptions {
  /** Element type of the weights. @default that of the checkpoint */
  readonly dtype?: DType;
  /** @default 'cpu' */
  readonly device?: Device;
  /**
   * What becomes of a head that the checkpoint does not have, or has for other classes: it starts from random weights, for a
   * training, or is an error, where the model is to be used as it is. @default 'random'
   */
  readonly newHead?: 'random' | 'refuse';
}

/** What a model is made from. */
export interface Checkpoint {
  /** The content of config.json. */
  readonly json: unknown;
  /** How messages call the place that it comes from. */
  readonly where: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What the checkpoint leaves open, and how it was taken. */
  readonly notes?: readonly string[];
}

/** What loading asks of a model beside its module; `PretrainedModel` says what each stands for. */
export interface LoadableModel<Config extends PretrainedConfig = PretrainedConfig> extends Module {
  readonly backboneName: string;
  readonly ignoredKeys: RegExp | undefined;
  readonly headKeys: RegExp | undefined;
  readonly initializerRange: number;
  adapt(key: string, tensor: Tensor, shape: readonly number[], found: Config): Tensor | undefined;
}

/** What `fromPretrained` and `fromConfig` ask of a model's class. */
export interface ModelClass<
  Model extends LoadableModel<Config>,
  Config extends PretrainedConfig,
  Options extends object,
> {
  new (config: Config, factory?: FactoryOptions): Model;
  readonly configClass: ConfigClass<Config, Options>;
  /** Reads a checkpoint that is one file, where there are such; `overrides` say what the file may leave open. */
  readFile?(path: string, overrides: object): Checkpoint;
}

/** The options of a load that are not the model's. */
const LOAD_OPTIONS: Readonly<Record<keyof LoadOptions, true>> = {
  revision: true,
  cacheDir: true,
  localFilesOnly: true,
  token: true,
  endpoint: true,
  onWarning: true,
  onProgress: true,
  signal: true,
  dtype: true,
  device: true,
  newHead: true,
};

/**
 * A model with the weights of a folder or of the hub, in evaluation mode. It reads the published key names and those that
 * transformers uses in memory, of the model alone or inside one with a head; weights that are newly initialized or left out
 * are told through `onWarning`.
 *
 * @throws InputError when files are absent or damaged, or the weights are those of another model
 */
export async function loadPretrained<
  Model extends LoadableModel<Config>,
  Config extends PretrainedConfig,
  Options extends object,
>(modelClass: ModelClass<Model, Config, Options>, name: string, options: Options & LoadOptions): Promise<Model> {
  const fileClass = modelClass.readFile && isFile(name) ? modelClass : undefined;
  return loadChosen(fileClass, () => modelClass, name, options);
}

/**
 * The same for a class that the checkpoint decides.
 * @param fileClass the class that reads `name` by its `readFile`, where it is a file and there is such a class
 * @param choose the class for the content of a config.json
 */
export async function loadChosen<
  Model extends LoadableModel<Config>,
  Config extends PretrainedConfig,
  Options extends object,
>(
  fileClass: ModelClass<Model, Config, Options> | undefined,
  choose: (json: unknown, where: string) => ModelClass<Model, Config, Options>,
  name: string,
  options: Options & LoadOptions,
): Promise<Model> {
  const { load, overrides } = splitOptions<Options>(options);
  const read = fileClass ? () => fileClass.readFile!(name, overrides) : await openFolder(choose, name, load, overrides);

  return torch.scope(() => {
    const { json, where, tensors: stored, notes = [] } = read();
    const modelClass = choose(json, where);
    const config = readConfig(modelClass.configClass, json, overrides, where);
    requirePlausible(config, stored.size, where);
    const { tensors, prefix } = withoutWrapper(stored);
    // On the meta device a model has shapes and no memory: nothing is drawn and nothing allocated for what the files give.
    const model = new modelClass(config, { device: 'meta' });
    const state = namedFor(model, tensors);
    const target = { device: load.device, dtype: load.dtype ?? config.dtype ?? firstType(state) };
    const report = fill(model, state, target, readConfig(modelClass.configClass, json, labelsOf(overrides)));
    if (load.newHead === 'refuse' && report.newlyInitialized.length > 0) throw newHeadError(report, name);
    const allNotes =
      prefix === ''
        ? notes
        : [...notes, `the names of its tensors begin with ${prefix}, as those of a wrapped module do; it was left out`];
    warn(report, name, allNotes, load.onWarning ?? ((message) => process.emitWarning(printable(message))));
    return model.eval();
  });
}

/** Finds the files of a folder or a repository; refuses a wrong configuration before the weights are fetched. */
async function openFolder<Model extends LoadableModel<Config>, Config extends PretrainedConfig, Options extends object>(
  choose: (json: unknown, where: string) => ModelClass<Model, Config, Options>,
  name: string,
  load: LoadOptions,
  overrides: Options,
): Promise<() => Checkpoint> {
  const source = openSource(name, load);
  const where = await source.find('config.json');
  if (!where) throw source.missing('config.json');
  const json = await readJson(where);
  readConfig(choose(json, where).configClass, json, overrides, where);
  const files = await weightFiles(source);
  return () => ({ json, where, tensors: readWeights(files) });
}

/** Whether a name is that of a file on this machine. */
export function isFile(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFile() === true;
}

/** Takes the options of a load and those of the configuration apart. */
export function splitOptions<Options extends object>(options: object): { load: LoadOptions; overrides: Options } {
  const entries = Object.entries(options);
  const isLoad = ([name]: [string, unknown]): boolean => Object.hasOwn(LOAD_OPTIONS, name);
  return {
    load: Object.fromEntries(entries.filter(isLoad)),
    overrides: Object.fromEntries(entries.filter((entry) => !isLoad(entry))) as Options,
  };
}

/** The labels among the options: they may stand for a file's that are wrong. */
function labelsOf<Options extends object>(overrides: Options): Options {
  return Object.fromEntries(
    Object.entries(overrides).filter(([name]) => name === 'id2label' || name === 'label2id'),
  ) as Options;
}

/** What DataParallel and torch.compile put before the names of the module that they wrap. */
const WRAPPER = /^((?:module|_orig_mod)\.)+/;

function withoutWrapper(tensors: ReadonlyMap<string, Tensor>): {
  tensors: ReadonlyMap<string, Tensor>;
  prefix: string;
} {
  const prefix = WRAPPER.exec([...tensors.keys()][0] ?? '')?.[0] ?? '';
  if (prefix === '' || ![...tensors.keys()].every((key) => key.startsWith(prefix))) return { tensors, prefix: '' };
  return { tensors: new Map([...tensors].map(([key, tensor]) => [key.slice(prefix.length), tensor])), prefix };
}

/** A layer has at least one tensor. @throws InputError for a configuration that would build more than its weights fill */
function requirePlausible({ layerCount }: PretrainedConfig, tensors: number, where: string): void {
  if (layerCount <= tensors) return;
  throw new InputError(
    `${where}: expected no more layers than the ${tensors} tensors of the weights fill, found ${layerCount}; the configuration belongs to other weights.`,
  );
}

/** The first floating point type; counters of batches are integers. */
function firstType(state: ReadonlyMap<string, Tensor>): DType | undefined {
  return [...state.values()].map(({ dtype }) => dtype).find(isFloatingPoint);
}

/** The tensors under the keys of `model`: with or without the backbone's prefix, names of other versions replaced. */
function namedFor(model: LoadableModel, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const prefix = `${model.backboneName}.`;
  const keys = [...tensors.keys()];
  const within = model.slots().some(({ key }) => key.startsWith(prefix));
  const stored = keys.some((key) => key.startsWith(prefix));
  const rename = (key: string): string => {
    if (within && !stored && !model.headKeys?.test(key)) return prefix + key;
    return !within && key.startsWith(prefix) ? key.slice(prefix.length) : key;
  };
  const state = new Map(keys.map((key) => [rename(key), tensors.get(key)!]));
  for (const [path, module] of model.namedModules()) module.upgradeState(state, path === '' ? '' : `${path}.`);
  return state;
}

/** A parameter of the head that starts from random weights. */
interface NewParameter {
  readonly key: string;
  readonly shape: readonly number[];
  /** What the checkpoint has by this name, of another size. */
  readonly found: readonly number[] | undefined;
}

/** What a load did beside copying, in the words of transformers. */
interface LoadReport {
  readonly newlyInitialized: readonly NewParameter[];
  /** Keys of the checkpoint that the model does not have. */
  readonly unexpected: readonly string[];
}

/** How the tensors of a checkpoint go with the keys of a model. */
interface KeyMatch extends LoadReport {
  /** By the model's keys, of the type and on the device that were asked for. */
  readonly loaded: Readonly<Record<string, Tensor>>;
  /** What is missing or of another size and belongs to no head, in words. */
  readonly misfits: readonly string[];
}

type Target = { readonly dtype?: DType; readonly device?: Device };

function fill<Config extends PretrainedConfig>(
  model: LoadableModel<Config>,
  state: ReadonlyMap<string, Tensor>,
  target: Target,
  found: Config,
): LoadReport {
  const placeholders = model.slots(); // on the meta device
  const { loaded, misfits, ...report } = matchKeys(model, state, target, found);
  if (misfits.length > 0) throw misfitError(model, misfits, placeholders.length);
  model.loadStateDict(loaded, { strict: false, assign: true });
  markInitialized(model);
  initializeNew(
    model,
    report.newlyInitialized.map(({ key }) => key),
    target,
  );
  for (const { tensor } of placeholders) tensor.dispose();
  return report;
}

function matchKeys<Config extends PretrainedConfig>(
  model: LoadableModel<Config>,
  state: ReadonlyMap<string, Tensor>,
  target: Target,
  found: Config,
): KeyMatch {
  const slots = model.slots();
  const known = new Set(slots.map(({ key }) => key));
  const loaded: Record<string, Tensor> = {};
  const newlyInitialized: NewParameter[] = [];
  const misfits: string[] = [];
  for (const { key, tensor } of slots) {
    const given = state.get(key);
    const fitting = given && fittingTensor(model, key, given, tensor.shape, found);
    if (fitting)
      loaded[key] = fitting.to({ ...target, dtype: isFloatingPoint(fitting.dtype) ? target.dtype : undefined });
    else if (model.headKeys?.test(key)) newlyInitialized.push({ key, shape: tensor.shape, found: given?.shape });
    else misfits.push(`${key} (${given ? `expected ${list(tensor.shape)}, found ${list(given.shape)}` : 'missing'})`);
  }
  const unexpected = [...state.keys()].filter((key) => !known.has(key) && !model.ignoredKeys?.test(key));
  return { loaded, newlyInitialized, misfits, unexpected };
}

function fittingTensor<Config extends PretrainedConfig>(
  model: LoadableModel<Config>,
  key: string,
  given: Tensor,
  shape: readonly number[],
  found: Config,
): Tensor | undefined {
  return given.shape.join() === shape.join() ? given : model.adapt(key, given, shape, found);
}

function list(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

function misfitError(model: LoadableModel, misfits: readonly string[], total: number): InputError {
  const more = misfits.length > 4 ? `, and ${misfits.length - 4} more` : '';
  return new InputError(
    `The weights do not belong to this ${model.constructor.name}: ${misfits.length} of ${total} tensors do not fit: ${misfits.slice(0, 4).join('; ')}${more}. ` +
      'Check that config.json and the weights are of one model, and the options given beside them.',
  );
}

/** Gives the named parameters memory, and the values that training starts from. */
function initializeNew(model: LoadableModel, keys: readonly string[], target: Target): void {
  if (keys.length === 0) return;
  const empty = model
    .slots()
    .filter(({ key }) => keys.includes(key))
    .map(({ key, tensor }) => [key, torch.empty(tensor.shape, target)] as const);
  model.loadStateDict(Object.fromEntries(empty), { strict: false, assign: true });
  initializeWeights(model, model.initializerRange);
}

function listed(parameters: readonly NewParameter[]): string {
  return parameters
    .map(
      ({ key, shape, found }) =>
        `${key} ${list(shape)} (${found ? `the checkpoint's is ${list(found)}` : 'not in the checkpoint'})`,
    )
    .join('; ');
}

function newHeadError({ newlyInitialized }: LoadReport, name: string): InputError {
  return new InputError(
    `${name}: expected a trained head, found none of this size, and one of random weights says nothing: ${listed(newlyInitialized)}; train it first, or allow a new head.`,
  );
}

function warn(
  { newlyInitialized, unexpected }: LoadReport,
  name: string,
  notes: readonly string[],
  onWarning: (message: string) => void,
): void {
  for (const note of notes) onWarning(`${name}: ${note}.`);
  if (newlyInitialized.length > 0)
    onWarning(
      `${name}: the head is new and starts from random weights, so train it before you use it: ${listed(newlyInitialized)}.`,
    );
  if (unexpected.length > 0) {
    const some =
      unexpected.slice(0, 5).join(', ') + (unexpected.length > 5 ? `, and ${unexpected.length - 5} more` : '');
    onWarning(`${name}: the checkpoint has ${unexpected.length} tensors that the model does not use: ${some}.`);
  }
}
