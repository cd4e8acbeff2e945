import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { readState } from '../../../ts/train/state';
import { onOneThread, safetensors } from '../../../ts/tensor';
import { node, results, runRanks, type Ended } from '../../distributed/ranks';
import { train as trainHere, type Outcome, type Scenario } from './fit-program';

/** What starts a rank that trains in one scenario after the other. */
function command(...scenarios: readonly Scenario[]): string[] {
  return node('../train/distributed/fit-program', JSON.stringify(scenarios));
}

/** So many processes train; what each rank says of each scenario. */
async function train(size: number, ...scenarios: readonly Scenario[]): Promise<Outcome[][]> {
  return results<Outcome[]>(await runRanks(Array.from({ length: size }, () => command(...scenarios))));
}

function assertClose(found: unknown, expected: unknown, tolerance: number, where = ''): void {
  if (typeof expected === 'number') {
    assert.ok(Math.abs((found as number) - expected) <= tolerance, `${where}: ${found as number} for ${expected}`);
    return;
  }
  assert.deepEqual(Object.keys(found as object), Object.keys(expected as object), where);
  for (const [key, value] of Object.entries(expected as object))
    assertClose((found as Record<string, unknown>)[key], value, tolerance, `${where}.${key}`);
}

describe('fit', () => {
  let folder: string;
  const run = (name: string): string => path.join(folder, name);
  const alone = (scenario: Scenario): Promise<Outcome> => onOneThread(() => trainHere(scenario));

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'torchts-fit-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('in two processes', () => {
    let one: Outcome;
    /** Of a training in which rank 1 kills itself. */
    let killed: Ended[];
    let stepOfKilled: number;
    let first: Outcome[];
    let second: Outcome[];
    const scenarios = {
      plain: { run: 'plain' },
      totals: { run: 'totals', usesTotals: true },
      normalized: { run: 'normalized', normalizes: true, dropout: 0.3 },
      stopped: { run: 'stopped', abortAt: 4 },
      paused: { run: 'paused', pauseAt: 5 },
      unfrozen: { run: 'unfrozen', options: { unfreeze: [{ epoch: 2, pattern: '^layers\\.0\\.' }] } },
      accumulated: { run: 'accumulated', options: { accumulate: 2 } },
      overflown: { run: 'overflown', overflowAt: 2, options: { precision: 'float16', logSteps: 1 } },
      late: { run: 'late', hastyRank: 0, options: { maxMinutes: 10 } },
      inTime: { run: 'in-time', hastyRank: 1, options: { maxMinutes: 10 } },
      odd: { run: 'odd', batchSize: 3 },
      damaged: { run: 'damaged', damaged: 20 },
      full: { run: 'full', fillsDisk: true },
      whole: { run: 'whole', dropout: 0.3 },
      resumed: { run: 'killed', dropout: 0.3, options: { resume: true } },
    } satisfies Record<string, Scenario>;
    const names = Object.keys(scenarios) as (keyof typeof scenarios)[];
    const of = (outcomes: readonly Outcome[], name: keyof typeof scenarios): Outcome => outcomes[names.indexOf(name)]!;

    before(async () => {
      const kill = command({ run: run('killed'), dropout: 0.3, killAt: 5 });
      killed = await runRanks([kill, kill]);
      stepOfKilled = readState(path.join(run('killed'), 'checkpoints/last')).loop.step;
      const all = Object.values(scenarios).map((scenario) => ({ ...scenario, run: run(scenario.run) }));
      [[first, second], one] = (await Promise.all([train(2, ...all), alone({ run: run('one') })])) as [
        [Outcome[], Outcome[]],
        Outcome,
      ];
    });

    const outcomes = (name: keyof typeof scenarios) => [of(first, name).outcome, of(second, name).outcome];

    it('trains what one process trains with the same batches', () => {
      assertClose(of(first, 'plain').weights, one.weights, 1e-5);
      assertClose(of(first, 'plain').losses, one.losses, 1e-5);
      const [log, own] = [
        readMetricsLog(path.join(run('plain'), 'metrics.jsonl')),
        readMetricsLog(path.join(run('one'), 'metrics.jsonl')),
      ];
      const comparable = (entries: typeof log) => entries.map(({ seconds: _, imagesPerSecond: __, ...entry }) => entry);
      assert.equal(log.length, own.length);
      comparable(log).forEach((entry, i) => {
        assert.equal(entry.kind, comparable(own)[i]!.kind);
        assertClose({ ...entry, kind: 0 }, { ...comparable(own)[i]!, kind: 0 }, 1e-5);
      });
    });

    it('averages the weights as one does (EMA)', () => {
      const averages = (name: string): unknown => {
        const tensors = safetensors.load(path.join(run(name), 'checkpoints/last/ema.safetensors'));
        return Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key, tensor.toArray()]));
      };
      assertClose(averages('plain'), averages('one'), 1e-5);
    });

    for (const [name, what] of [
      ['unfrozen', 'lets parameters train from an epoch on'],
      ['accumulated', 'accumulates batches of which the last is not full'],
    ] as const)
      it(`${what} as one does`, async () => {
        const expected = await alone({ ...scenarios[name], run: run(`one-${name}`) });
        assertClose(of(first, name).weights, expected.weights, 1e-5);
        assert.notDeepEqual(expected.weights, of(first, 'plain').weights);
      });

    it('divides a loss by the totals of the whole batch', async () => {
      const expected = await alone({ run: run('one-totals'), usesTotals: true });
      assertClose(of(first, 'totals').weights, expected.weights, 1e-5);
    });

    it('has the same weights and buffers, and takes the metrics of the first', () => {
      for (const name of ['plain', 'totals', 'normalized', 'unfrozen', 'overflown'] as const) {
        assert.deepEqual(of(first, name).weights, of(second, name).weights, name);
        assert.equal(of(first, name).best, of(second, name).best, name);
      }
    });

    it('pauses all when the first is asked to, and goes on with the same bits', () => {
      assert.deepEqual(outcomes('paused'), ['completed', 'completed']);
      assert.deepEqual(of(first, 'paused').controls, ['paused after step 5', 'going on after step 5']);
      assert.deepEqual(of(second, 'paused').controls, []);
      assert.deepEqual(of(first, 'paused').weights, of(first, 'plain').weights);
    });

    it('leaves out a step in all when the gradients of one overflow, and lowers the scale', () => {
      assert.deepEqual(outcomes('overflown'), ['completed', 'completed']);
      const lines = readMetricsLog(path.join(run('overflown'), 'metrics.jsonl')).filter(({ kind }) => kind === 'train');
      assert.deepEqual(
        lines.map(({ skipped }) => skipped),
        [0, 1, 0, 0, 0, 0, 0, 0],
      );
      assert.equal(
        (readState(path.join(run('overflown'), 'checkpoints/last')).scaler as { scale: number }).scale,
        32768,
      );
      assert.ok(of(first, 'overflown').losses!.every(Number.isFinite));
    });

    it('is out of time in all, by the clock of the first', () => {
      assert.deepEqual(outcomes('late'), ['out of time', 'out of time']);
      assert.deepEqual(outcomes('inTime'), ['completed', 'completed']);
    });

    it('stops all when one of them is asked to, and goes on in one process', async () => {
      assert.deepEqual(outcomes('stopped'), ['interrupted', 'interrupted']);
      const resumed = await alone({ run: run('stopped'), options: { resume: true } });
      assert.equal(resumed.outcome, 'completed');
      assertClose(resumed.weights, of(first, 'plain').weights, 1e-5);
    });

    it('refuses a batch that they cannot divide', () => {
      for (const outcomes of [first, second])
        assert.match(
          of(outcomes, 'odd').error!.message,
          /^Expected a batchSize that 2 processes can divide evenly, found 3/,
        );
    });

    it('ends all when one fails, which the others name', () => {
      assert.match(of(second, 'damaged').error!.message, /^Sample 20 cannot be loaded: it is damaged/);
      assert.equal(of(first, 'damaged').error!.name, 'DistributedError');
      assert.match(of(first, 'damaged').error!.message, /^The process of rank 1 ended the training: Sample 20 cannot/);
    });

    it('ends all when the disk of the first is full, which the others name', () => {
      assert.equal(of(first, 'full').error!.name, 'InputError');
      assert.match(of(first, 'full').error!.message, /cannot be written: the disk is full \(ENOSPC\)\.$/);
      assert.equal(of(second, 'full').error!.name, 'DistributedError');
      assert.match(
        of(second, 'full').error!.message,
        /^The process of rank 0 ended the training: .*the disk is full \(ENOSPC\)\.$/,
      );
    });

    it('gives an error where the other process is killed, and goes on with the same bits', () => {
      assert.equal(killed[1]!.signal, 'SIGKILL');
      const [[outcome]] = results<Outcome[]>(killed.slice(0, 1)) as [[Outcome]];
      assert.equal(outcome.error?.name, 'ConnectionLostError');
      assert.ok(stepOfKilled > 0 && stepOfKilled < 8, `step ${stepOfKilled}`);
      assert.equal(of(first, 'resumed').outcome, 'completed');
      assert.deepEqual(of(first, 'resumed').weights, of(first, 'whole').weights);
    });
  });

  // 37 samples leave a last batch of one.
  for (const [size, batchSize, refused] of [
    [3, 6, 4],
    [4, 4, 6],
  ] as const)
    it(`trains in ${size} processes what one trains, with a last batch that is not full, and refuses ${refused} samples a batch`, async () => {
      const found = await train(
        size,
        { run: run(`${size}`), batchSize },
        { run: run(`${size}-refused`), batchSize: refused },
      );
      const expected = await alone({ run: run(`${size}-in-one`), batchSize });
      for (const [trained, other] of found) {
        assertClose(trained!.weights, expected.weights, 1e-5);
        assert.match(
          other!.error!.message,
          new RegExp(`^Expected a batchSize that ${size} processes can divide evenly, found ${refused}`),
        );
      }
    });
});
