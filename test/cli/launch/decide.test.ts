import assert from 'node:assert/strict';
import { decide, type Decision, type JobView, type NodeView, type Terms } from '../../../ts/cli/launch/decide';

const TERMS: Terms = {
  minNodes: 2,
  maxNodes: 3,
  maxRestarts: 1,
  joinTimeoutMs: 600_000,
  lastCallMs: 30_000,
  keepAliveMs: 15_000,
};

const node = (id: number, rest: Partial<NodeView> = {}): NodeView => ({
  id,
  host: `host${id}`,
  nproc: 2,
  isAlive: true,
  left: undefined,
  report: undefined,
  ...rest,
});
const ended = (outcome: 'succeeded' | 'stopped' | 'failed', failure: string | null = null) => ({
  report: { outcome, failure },
});

function meeting(nodes: readonly NodeView[], rest: Partial<JobView> = {}): Decision {
  return decide({ phase: 'meeting', restarts: 0, nodes, members: [], sinceMs: 0, enoughMs: 0, ...rest }, TERMS);
}

function running(nodes: readonly NodeView[], rest: Partial<JobView> = {}): Decision {
  return decide({ phase: 'running', restarts: 0, nodes, members: [0, 1], sinceMs: 0, enoughMs: 0, ...rest }, TERMS);
}

/** The decision, with nodes as their ids. */
const brief = (decision: Decision): unknown =>
  decision.kind === 'start' ? { kind: 'start', nodes: decision.nodes.map(({ id }) => id) } : decision;

const WAIT = { kind: 'wait' };
const start = (...nodes: number[]) => ({ kind: 'start', nodes });

describe('nodes that meet', () => {
  it('begin at once when they are the most, and leave out who came last', () => {
    assert.deepEqual(brief(meeting([node(0), node(1), node(2), node(3)])), start(0, 1, 2));
  });

  it('wait for more when they are enough, as long as the last call', () => {
    assert.deepEqual(brief(meeting([node(0), node(1)], { enoughMs: 29_999 })), WAIT);
    assert.deepEqual(brief(meeting([node(0), node(1)], { enoughMs: 30_000 })), start(0, 1));
  });

  it('do not count nodes that are silent or have left', () => {
    const nodes = [node(0), node(1, { isAlive: false }), node(2, { left: 'it was stopped by SIGTERM' }), node(3)];
    assert.deepEqual(brief(meeting(nodes, { enoughMs: 30_000 })), start(0, 3));
  });

  it('fail when they are too few for too long, also after the last call', () => {
    assert.deepEqual(brief(meeting([node(0)], { enoughMs: 30_000, sinceMs: 599_999 })), WAIT);
    assert.deepEqual(meeting([node(0)], { sinceMs: 600_000 }), {
      kind: 'end',
      failure: 'Expected at least 2 nodes within 600 s, found 1.',
    });
  });

  it('wait for the processes of the round before to end, but not for those of a node that is gone', () => {
    const members = [0, 1, 2];
    const nodes = [node(0, ended('stopped')), node(1), node(2, ended('failed', 'x'))];
    assert.deepEqual(brief(meeting(nodes, { members })), WAIT);
    const gone = [nodes[0]!, node(1, { isAlive: false }), nodes[2]!];
    assert.deepEqual(brief(meeting(gone, { members, enoughMs: 30_000 })), start(0, 2));
  });

  it('begin again at once when all of the round before are there, and wait for one that is gone', () => {
    const nodes = [node(0, ended('stopped')), node(1, ended('failed', 'x'))];
    assert.deepEqual(brief(meeting(nodes, { members: [0, 1] })), start(0, 1));
    assert.deepEqual(brief(meeting([...nodes, node(2, { isAlive: false })], { members: [0, 1, 2] })), WAIT);
  });
});

describe('nodes that run', () => {
  it('end when the processes of all have ended well', () => {
    assert.deepEqual(running([node(0, ended('succeeded')), node(1)]), WAIT);
    assert.deepEqual(running([node(0, ended('succeeded')), node(1, ended('succeeded'))]), {
      kind: 'end',
      failure: null,
    });
  });

  it('meet again after a failure, as often as they may', () => {
    const nodes = [node(0), node(1, ended('failed', 'the process of rank 2 ended by SIGKILL'))];
    const reason = 'node 1 (host1): the process of rank 2 ended by SIGKILL';
    assert.deepEqual(running(nodes), { kind: 'meet', reason, isFailure: true });
    assert.deepEqual(running(nodes, { restarts: 1 }), {
      kind: 'end',
      failure: `Job failed after 1 restart: ${reason}.`,
    });
  });

  it('meet again when one is silent, which is a failure, or has left, which is none', () => {
    assert.deepEqual(running([node(0), node(1, { isAlive: false })]), {
      kind: 'meet',
      reason: 'node 1 (host1) gave no sign of life for 15 s',
      isFailure: true,
    });
    assert.deepEqual(running([node(0), node(1, { isAlive: false, left: 'it was stopped by SIGTERM' })]), {
      kind: 'meet',
      reason: 'node 1 (host1) has left: it was stopped by SIGTERM',
      isFailure: false,
    });
  });

  it('meet again when one has come, unless they are the most already or about to end', () => {
    assert.deepEqual(running([node(0), node(1), node(2)]), {
      kind: 'meet',
      reason: 'node 2 (host2) has come',
      isFailure: false,
    });
    assert.deepEqual(running([node(0), node(1), node(2), node(3)], { members: [0, 1, 2] }), WAIT);
    assert.deepEqual(running([node(0), node(1, ended('succeeded')), node(2)]), WAIT);
    assert.deepEqual(running([node(0), node(1), node(2, { isAlive: false })]), WAIT);
  });
});
