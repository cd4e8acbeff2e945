import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainOptions, TrainResult } from '../../ts/train/with-run';
import type { ConfigTree } from '../../ts/train/config/keys';

/** One key of a configuration: another value for it, and what else the configuration has to be for it to matter. */
export interface Option {
  readonly key: string;
  readonly value: unknown;
  readonly given?: Readonly<Record<string, unknown>>;
}

export interface OptionCases {
  /** Keys that decide the weights. */
  readonly decides: readonly Option[];
  /** Keys that change how a training goes, not what it ends with. */
  readonly leaves: readonly Option[];
  /** Keys that tests of their own look at, with the place. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

/** Enough to get into the second epoch. */
const STEPS = 3;

interface Setting<Config> {
  readonly train: (options: TrainOptions<Config>) => Promise<TrainResult<unknown>>;
  /** Two steps an epoch, two epochs, of a model in which everything is on that an option may change. */
  readonly config: () => Config;
  /** An empty folder for the runs. */
  readonly root: () => string;
  readonly cases: OptionCases;
}

/** One test for each key of a configuration: that it reaches the training, and decides its weights or leaves them as they are. */
export function testOptions<Config extends ConfigTree>({ train, config, root, cases }: Setting<Config>): void {
  const { decides, leaves, elsewhere } = cases;
  let count = 0;
  const known = new Map<string, string>();

  /** The hash of the weights after some steps. */
  const weightsWith = async (changes: Readonly<Record<string, unknown>>): Promise<string> => {
    const key = JSON.stringify(changes);
    const before = known.get(key);
    if (before !== undefined) return before;
    const run = join(root(), String(count++));
    const stop = new AbortController();
    const changed = Object.entries(changes).reduce<ConfigTree>(
      (tree, [path, value]) => withValue(tree, path.split('.'), value),
      config(),
    );
    await train({
      config: changed as Config,
      run,
      signal: stop.signal,
      onEvent: (event) => event.type === 'step' && event.step === STEPS && stop.abort(),
    });
    const hash = createHash('sha256')
      .update(readFileSync(join(run, 'checkpoints/last/model.safetensors')))
      .digest('hex');
    known.set(key, hash);
    return hash;
  };

  it('are all looked at', () => {
    const looked = new Set([...decides, ...leaves].map(({ key }) => key).concat(Object.keys(elsewhere)));
    assert.deepEqual(
      leafKeys(config()).filter((key) => !looked.has(key)),
      [],
    );
  });

  for (const { key, value, given = {} } of decides) {
    it(`${key} changes the weights`, async () =>
      assert.notEqual(await weightsWith({ ...given, [key]: value }), await weightsWith(given)));
  }
  for (const { key, value, given = {} } of leaves) {
    it(`${key} leaves the weights as they are`, async () =>
      assert.equal(await weightsWith({ ...given, [key]: value }), await weightsWith(given)));
  }
}

function withValue(tree: ConfigTree, [key, ...rest]: readonly string[], value: unknown): ConfigTree {
  assert.ok(key !== undefined && key in tree, `there is no key ${String(key)}`);
  return { ...tree, [key]: rest.length === 0 ? value : withValue(tree[key] as ConfigTree, rest, value) } as ConfigTree;
}

function leafKeys(tree: ConfigTree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leafKeys(value as ConfigTree, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}
