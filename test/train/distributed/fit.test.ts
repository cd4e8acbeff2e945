import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { onOneThread } from '../../../ts/tensor';
import { results, runRanks } from '../../distributed/ranks';
import { train, type Outcome, type Scenario } from './fit-program';

/** Two processes train in one scenario after the other; what each rank says of each. */
async function trainTwo(scenarios: readonly Scenario[]): Promise<Outcome[][]> {
  const program = [process.execPath, '--require', 'tsx/cjs', path.join(__dirname, 'fit-program.ts')];
  const command = [...program, JSON.stringify(scenarios)];
  const ended = await runRanks([command, command]);
  return results<Outcome[]>(ended);
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

describe('fit in two processes', () => {
  let folder: string;
  const run = (name: string): string => path.join(folder, name);
  const alone = (scenario: Scenario): Promise<Outcome> => onOneThread(() => train(scenario));

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'torchts-fit-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('that end well', () => {
    let first: Outcome[];
    let second: Outcome[];
    const scenarios = {
      plain: { run: 'plain' },
      totals: { run: 'totals', usesTotals: true },
      normalized: { run: 'normalized', normalizes: true, dropout: 0.3 },
      stopped: { run: 'stopped', abortAt: 4 },
      odd: { run: 'odd', batchSize: 3 },
      damaged: { run: 'damaged', damaged: 20 },
    } satisfies Record<string, Scenario>;
    const names = Object.keys(scenarios) as (keyof typeof scenarios)[];
    const of = (outcomes: readonly Outcome[], name: keyof typeof scenarios): Outcome => outcomes[names.indexOf(name)]!;

    before(async () => {
      const all = Object.values(scenarios).map((scenario) => ({ ...scenario, run: run(scenario.run) }));
      [first, second] = (await trainTwo(all)) as [Outcome[], Outcome[]];
    });

    it('train what one process trains with the same batches', async () => {
      const expected = await alone({ run: run('one') });
      assertClose(of(first, 'plain').weights, expected.weights, 1e-5);
      assertClose(of(first, 'plain').losses, expected.losses, 1e-5);
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

    it('divide a loss by the totals of the whole batch', async () => {
      const expected = await alone({ run: run('one-totals'), usesTotals: true });
      assertClose(of(first, 'totals').weights, expected.weights, 1e-5);
    });

    it('have the same weights and buffers, and take the metrics of the first', () => {
      for (const name of ['plain', 'totals', 'normalized'] as const) {
        assert.deepEqual(of(first, name).weights, of(second, name).weights, name);
        assert.equal(of(first, name).best, of(second, name).best, name);
      }
    });

    it('stop together when one of them is asked to, and one process goes on', async () => {
      assert.deepEqual([of(first, 'stopped').outcome, of(second, 'stopped').outcome], ['interrupted', 'interrupted']);
      const resumed = await alone({ run: run('stopped'), resume: true });
      assert.equal(resumed.outcome, 'completed');
      assertClose(resumed.weights, of(first, 'plain').weights, 1e-5);
    });

    it('refuse a batch that they cannot divide', () => {
      for (const outcomes of [first, second])
        assert.match(
          of(outcomes, 'odd').error!.message,
          /^Expected a batchSize that 2 processes can divide evenly, found 3/,
        );
    });

    it('end all when one fails, which the others name', () => {
      assert.match(of(second, 'damaged').error!.message, /^Sample 20 cannot be loaded: it is damaged/);
      assert.equal(of(first, 'damaged').error!.name, 'DistributedError');
      assert.match(of(first, 'damaged').error!.message, /^The process of rank 1 ended the training: Sample 20 cannot/);
    });
  });

  it('of which one is killed, give an error in the other, and go on with the same bits', async () => {
    const program = [process.execPath, '--require', 'tsx/cjs', path.join(__dirname, 'fit-program.ts')];
    const killed: Scenario = { run: run('killed'), dropout: 0.3, killAt: 5 };
    const command = [...program, JSON.stringify([killed])];
    const [rank0, rank1] = await runRanks([command, command]);
    assert.equal(rank1!.signal, 'SIGKILL');
    const [outcome] = results<Outcome[]>([rank0!])[0]!;
    assert.equal(outcome!.error?.name, 'ConnectionLostError');
    assert.ok(existsSync(path.join(run('killed'), 'checkpoints', 'last', 'state.json')));
    const { loop } = JSON.parse(
      readFileSync(path.join(run('killed'), 'checkpoints', 'last', 'state.json'), 'utf8'),
    ) as {
      loop: { step: number };
    };
    assert.ok(loop.step > 0 && loop.step < 8, `step ${loop.step}`);
    const again: Scenario = { run: run('killed'), dropout: 0.3, resume: true };
    const [first] = await trainTwo([again, { run: run('whole'), dropout: 0.3 }]);
    assert.equal(first![0]!.outcome, 'completed');
    assert.deepEqual(first![0]!.weights, first![1]!.weights);
  });
});
