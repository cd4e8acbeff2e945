import { statSync } from 'node:fs';
import { InputError, printable } from '../errors';
import * as torch from '../tensor';
import type { Device, DType, Tensor } from '../tensor';
import { isFloatingPoint } from '../tensor/dtype';
import type { PretrainedConfig } from './config';
import type { HubOptions } from './hub';
import { initializeWeights, markFilled } from './initialize';
import type { ModelClass, PretrainedModel } from './pretrained';
import { openSource } from './source';
import { readJson, readWeights, weightFiles } from './weights';

export interface LoadOptions extends HubOptions {
  /** Element type of the weights. @default that of the checkpoint */
  readonly dtype?: DType;
  /** @default 'cpu' */
  readonly device?: Device;
}

/** What a model is made from. */
export interface Checkpoint {
  /** The content of config.json. */
  readonly json: unknown;
  /** How messages call the place that it comes from. */
  readonly where: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** The options of a load that are not the model's. */
const LOAD_OPTIONS: Readonly<Record<keyof LoadOptions, true>> = {
  revision: true, cacheDir: true, localFilesOnly: true, token: true, endpoint: true, onWarning: true, onProgress: true, signal: true,
  dtype: true, device: true,
};

/**
 * A model with the weights of a folder or of the hub, in evaluation mode. It reads the published key names and those that
 * transformers uses in memory, of the model alone or inside one with a head; what had to be filled or left out is told
 * through `onWarning`.
 *
 * @throws InputError when files are absent or damaged, or the weights are those of another model
 */
export async function loadPretrained<Model extends PretrainedModel<Config>, Config extends PretrainedConfig, Options extends object>(
  modelClass: ModelClass<Model, Config, Options>, name: string, options: Options & LoadOptions,
): Promise<Model> {
  const { load, overrides } = split<Options>(options);
  const read = modelClass.readFile && isFile(name) ? () => modelClass.readFile!(name) : await openFolder(modelClass, name, load, overrides);

  return torch.scope(() => {
    const { json, where, tensors } = read();
    const config = modelClass.configClass.fromJSON(json, overrides, where);
    // On the meta device a model has shapes and no memory: nothing is drawn and nothing allocated for what the files give.
    const model = new modelClass(config, { device: 'meta' });
    const state = namedFor(model, tensors);
    const target = { device: load.device, dtype: load.dtype ?? config.dtype ?? firstType(state) };
    const report = fill(model, state, target, modelClass.configClass.fromJSON(json));
    warn(report, name, load.onWarning ?? ((message) => process.emitWarning(printable(message))));
    return model.eval();
  });
}

/** Finds the files of a folder or a repository; refuses a wrong configuration before the weights are fetched. */
async function openFolder<Model extends PretrainedModel<Config>, Config extends PretrainedConfig, Options extends object>(
  { configClass }: ModelClass<Model, Config, Options>, name: string, load: LoadOptions, overrides: Options,
): Promise<() => Checkpoint> {
  const source = openSource(name, load);
  const where = await source.find('config.json');
  if (!where) throw source.missing('config.json');
  const json = await readJson(where);
  configClass.fromJSON(json, overrides, where);
  const files = await weightFiles(source);
  return () => ({ json, where, tensors: readWeights(files) });
}

function isFile(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFile() === true;
}

function split<Options extends object>(options: object): { load: LoadOptions; overrides: Options } {
  const entries = Object.entries(options);
  const isLoad = ([name]: [string, unknown]): boolean => Object.hasOwn(LOAD_OPTIONS, name);
  return {
    load: Object.fromEntries(entries.filter(isLoad)),
    overrides: Object.fromEntries(entries.filter((entry) => !isLoad(entry))) as Options,
  };
}

/** The first floating point type; counters of batches are integers. */
function firstType(state: ReadonlyMap<string, Tensor>): DType | undefined {
  return [...state.values()].map(({ dtype }) => dtype).find(isFloatingPoint);
}

/** The tensors under the keys of `model`: with or without the backbone's prefix, names of other versions replaced. */
function namedFor(model: PretrainedModel, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
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

/** What a load did beside copying. */
interface LoadReport {
  /** Keys of the head that start from random weights, with the size that the checkpoint has, if any. */
  readonly fresh: { key: string; shape: readonly number[]; found: readonly number[] | undefined }[];
  /** Keys of the checkpoint that the model does not have. */
  readonly unused: string[];
}

function fill<Config extends PretrainedConfig>(
  model: PretrainedModel<Config>, state: Map<string, Tensor>, target: { dtype?: DType; device?: Device }, found: Config,
): LoadReport {
  const slots = model.slots();
  const known = new Set(slots.map(({ key }) => key));
  const unused = [...state.keys()].filter((key) => !known.has(key) && !model.ignoredKeys?.test(key));
  const fresh: LoadReport['fresh'] = [];
  const wrong: string[] = [];
  const loaded: Record<string, Tensor> = {};
  for (const { key, tensor: { shape } } of slots) {
    const given = state.get(key);
    const fits = given && (given.shape.join() === shape.join() ? given : model.adapt(key, given, shape, found));
    if (fits) loaded[key] = fits.to({ ...target, dtype: isFloatingPoint(fits.dtype) ? target.dtype : undefined });
    else if (model.headKeys?.test(key)) fresh.push({ key, shape, found: given?.shape });
    else wrong.push(`${key} (${given ? `expected [${shape.join(', ')}], found [${given.shape.join(', ')}]` : 'missing'})`);
  }
  if (wrong.length > 0) throw misfit(model, wrong, known.size);
  model.loadStateDict(loaded, { strict: false, assign: true });
  markFilled(model);
  materialise(model, fresh.map(({ key }) => key), target);
  for (const { tensor } of slots) tensor.dispose(); // the placeholders on the meta device, all replaced by now
  return { fresh, unused };
}

function misfit(model: PretrainedModel, wrong: readonly string[], total: number): InputError {
  const more = wrong.length > 4 ? `, and ${wrong.length - 4} more` : '';
  return new InputError(
    `The weights do not belong to this ${model.constructor.name}: ${wrong.length} of ${total} tensors do not fit: ${wrong.slice(0, 4).join('; ')}${more}. ` +
      'Check that config.json and the weights are of one model, and the options given beside them.',
  );
}

/** Gives the named parameters memory, and the values that training starts from. */
function materialise(model: PretrainedModel, keys: readonly string[], target: { dtype?: DType; device?: Device }): void {
  if (keys.length === 0) return;
  const empty = model.slots().filter(({ key }) => keys.includes(key)).map(({ key, tensor }) => [key, torch.empty(tensor.shape, target)] as const);
  model.loadStateDict(Object.fromEntries(empty), { strict: false, assign: true });
  initializeWeights(model, model.initializerRange);
}

function warn({ fresh, unused }: LoadReport, name: string, onWarning: (message: string) => void): void {
  if (fresh.length > 0) {
    const keys = fresh.map(({ key, shape, found }) => `${key} [${shape.join(', ')}] (${found ? `the checkpoint's is [${found.join(', ')}]` : 'not in the checkpoint'})`);
    onWarning(`${name}: the head is new and starts from random weights, so train it before you use it: ${keys.join('; ')}.`);
  }
  if (unused.length > 0) {
    const some = unused.slice(0, 5).join(', ') + (unused.length > 5 ? `, and ${unused.length - 5} more` : '');
    onWarning(`${name}: the checkpoint has ${unused.length} tensors that the model does not use: ${some}.`);
  }
}
