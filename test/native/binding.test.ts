import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { TorchError } from '../../ts/errors';
import { binding } from '../../ts/native/binding';
import { guarded } from '../../ts/native/typed-errors';
import * as torch from '../../ts/tensor';
import { DTYPES, dtypeName } from '../../ts/tensor/types/dtype';

const root = path.join(__dirname, '..', '..');

/** The members of the Binding interface: name -> how many parameters its declaration shows. */
function declared(): Map<string, number> {
  const text = readFileSync(path.join(root, 'ts/native/binding.ts'), 'utf8');
  const body = /export interface Binding {([^]*?)\n}/.exec(text)![1]!;
  return new Map(
    [...body.matchAll(/^ {2}(\w+)\(\s*([^]*?),?\s*\): /gm)].map(([, name, parameters]) => [
      name!,
      parameters ? parameters.split(/,\s+(?=\w+\??:)/).length : 0,
    ]),
  );
}

describe('the seam to the addon', () => {
  it('declares what the addon exports, no more and no less', () => {
    assert.deepEqual([...declared().keys()].sort(), Object.keys(binding).sort());
  });

  it('is told of above each exported function of native/', () => {
    const folder = path.join(root, 'native');
    const sources = readdirSync(folder)
      .filter((name) => name.endsWith('.cc'))
      .map((name) => readFileSync(path.join(folder, name), 'utf8'))
      .join('\n');
    const comments = [...sources.matchAll(/^ *\/\/ .*$/gm)].map(([line]) => line).join('\n');
    const untold = [...declared().keys()].filter((name) => !new RegExp(`\\b${name}\\(`).test(comments));
    assert.deepEqual(untold, []);
  });

  it('says why a file cannot be read, which is not its end', () => {
    const tensor = torch.empty([4]);
    const folder = openSync(root, 'r');
    try {
      assert.throws(
        () => guarded('reading', () => binding.readFile(tensor._handle, folder, 0)),
        (error: Error) => error instanceof TorchError && /the file cannot be read: Is a directory/.test(error.message),
      );
    } finally {
      closeSync(folder);
    }
  });

  it('names every element type as DTYPES does', () => {
    assert.deepEqual(Object.values(binding.dtypes()).sort(), [...DTYPES].sort());
    assert.equal(dtypeName(6), 'float32');
    assert.equal(dtypeName(9999), 'type 9999');
  });

  it('refuses wrong arguments with an error, whatever they are', () => {
    const wrong: unknown[] = [
      undefined,
      null,
      -1,
      1e300,
      NaN,
      'x',
      {},
      [],
      () => 1,
      Symbol('x'),
      2n ** 70n,
      new Float64Array(2),
    ];
    // These change the state of the process.
    const spared = new Set([
      'attachWire',
      'call',
      'callUnboxed',
      'track',
      'setModes',
      'emptyCache',
      'free',
      'attachCallbacks',
      'handOver',
      'setSavedTensorHook',
      'setAnomaly',
      'startProfile',
      'enterRange',
      'allowUnchecked',
      'setSwitch',
      'setMatmulPrecision',
      'setDeterministic',
      'setFlushDenormal',
      'setWatermark',
    ]);
    const settings = () => [binding.getNumThreads(), binding.mklDispatch()];
    const before = settings();
    for (const [name, count] of declared()) {
      if (spared.has(name) || count === 0) continue;
      for (const value of wrong) {
        const target = binding[name as keyof typeof binding] as (...args: unknown[]) => unknown;
        try {
          target(...Array.from({ length: count }, () => value));
        } catch (error) {
          assert.ok(error instanceof Error, `${name}(${String(value)})`);
        }
      }
    }
    assert.deepEqual(settings(), before);
  });

  it('knows what libtorch it is', () => {
    assert.match(binding.torchVersion(), /^2\.\d+\.\d+/);
    assert.match(binding.showConfig(), /PyTorch built with/);
  });
});
