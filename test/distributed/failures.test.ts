import assert from 'node:assert/strict';
import { node, startRanks, type Rank } from './ranks';

/** How long a call waits for the others: longer than a process is stopped for by a busy machine. */
const TIMEOUT_MS = 4000;

interface Failure {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly ms: number;
}

/** Starts two ranks; when both are there, does something to rank 1; gives what the call of rank 0 came to. */
async function failureOf(call: string, harm: (rank: Rank) => void): Promise<Failure> {
  const program = node('failures-program', call, String(TIMEOUT_MS));
  const ranks = startRanks([program, program]);
  try {
    await Promise.all(ranks.map(ready));
    harm(ranks[1]!);
    ranks[0]!.stdin!.write('go\n');
    const { stdout, stderr, code } = await ranks[0]!.ended;
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Failure;
  } finally {
    ranks[1]!.kill('SIGKILL');
    await ranks[1]!.ended;
  }
}

function ready(rank: Rank): Promise<void> {
  return new Promise((resolve, reject) => {
    rank.stdout!.on('data', (text: string) => text.includes('ready') && resolve());
    void rank.ended.then(({ stderr }) => reject(new Error(`a rank ended before it was ready: ${stderr}`)));
  });
}

describe('a rank that fails', () => {
  it('killed, is a lost connection in the call of the other, at once', async () => {
    const found = await failureOf('allReduce', (rank) => rank.kill('SIGKILL'));
    assert.deepEqual([found.name, found.code], ['ConnectionLostError', 'TTS_CONNECTION_LOST']);
    assert.match(found.message, /^allReduce on rank 0 of 2: the connection to another process .*was lost/);
  });

  it('stopped, is a timeout in the call of the other', async () => {
    const found = await failureOf('allReduce', (rank) => rank.kill('SIGSTOP'));
    assert.deepEqual([found.name, found.code], ['DistributedTimeoutError', 'TTS_DISTRIBUTED_TIMEOUT']);
    assert.match(found.message, /^allReduce on rank 0 of 2: another process did not take part within 4000 ms/);
    assert.ok(found.ms >= TIMEOUT_MS - 100, `after ${found.ms} ms`);
  });

  it('stopped, is a timeout of what waits for its tensor, which names it', async () => {
    const found = await failureOf('recv', (rank) => rank.kill('SIGSTOP'));
    assert.equal(found.name, 'DistributedTimeoutError');
    assert.match(found.message, /^recv from rank 1 on rank 0 of 2: another process did not take part within 4000 ms/);
  });

  it('busy, is named by a monitored barrier', async () => {
    const found = await failureOf('monitoredBarrier', () => undefined);
    assert.equal(found.name, 'DistributedTimeoutError');
    assert.match(
      found.message,
      /^monitoredBarrier on rank 0 of 2: .*Ranks? 1 failed to pass monitoredBarrier in 1000 ms/,
    );
  });
});
