import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Access } from '../../../ts/train/dashboard/access';
import type { Command, LiveStart } from '../../../ts/train/dashboard/protocol';
import { RunRegistry } from '../../../ts/train/dashboard/run-registry';
import { DashboardServer } from '../../../ts/train/dashboard/server';
import { ask, events, firstEvent, press } from './client';

const CONTROLS = { paused: false, stopsAfterEpoch: false, checkpointAsked: false };
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 1, 2, 3);

describe('the server of the dashboard', () => {
  let folder: string;
  let address: string;
  let server: DashboardServer;
  let registry: RunRegistry;
  const steered: [string, Command][] = [];
  const start = (path: string): LiveStart => ({
    path,
    began: '2026-01-02T03:04:05.000Z',
    score: { name: 'accuracy', mode: 'max' },
    facts: { config: 'seed: 0\n', conditions: [['device', 'cpu']] },
    step: 0,
    logBytes: 0,
  });
  const entry = (step: number) => ({ kind: 'train' as const, epoch: 1, step, seconds: step, loss: 1 / step });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    steered.length = 0;
    registry = new RunRegistry([], (run, command) => steered.push([run, command]));
    const host = '127.0.0.1';
    server = new DashboardServer(registry, new Access({ token: 'secret', host }));
    address = `http://${host}:${await server.listen({ host, port: 0 })}/?token=secret`;
    registry.receive({ type: 'start', run: 'one', start: start(join(folder, 'one')) });
    registry.receive({ type: 'controls', run: 'one', controls: CONTROLS });
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('gives nothing without the token, whatever is asked for', async () => {
    const paths = ['/', '/api/events', '/api/runs/one/images/0', '/runs/one/report', '/nothing'];
    for (const path of paths) {
      const { status, body } = await ask(address, path, { headers: { authorization: '' } });
      assert.equal(status, 401, path);
      assert.match(body, /Expected the token/);
    }
    const headers = { authorization: 'Bearer wrong', 'content-type': 'application/json' };
    const button = await ask(address, '/api/runs/one/controls', {
      method: 'POST',
      headers,
      body: '{"action":"pause"}',
    });
    assert.equal(button.status, 401);
    assert.deepEqual(steered, []);
    assert.equal((await ask(address, '/', { headers: { host: 'evil.example' } })).status, 403);
    assert.equal((await ask(address, '/?token=secret', { headers: { authorization: '' } })).status, 200);
  });

  it('gives one page that asks nobody else for anything', async () => {
    const { status, headers, body } = await ask(address);
    assert.equal(status, 200);
    assert.match(String(headers['content-type']), /^text\/html/);
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(String(headers['content-security-policy']))!;
    assert.match(
      String(headers['content-security-policy']),
      /^default-src 'none'; .*connect-src 'self'.*frame-ancestors 'none'/,
    );
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(body.split(`nonce="${nonce}"`).length - 1, 2, 'the nonce is on the style and on the script');
    assert.deepEqual(body.match(/<(?:script|link|img)[^>]* (?:src|href)="(?!data:)[^"]+"/g), null);
    assert.doesNotMatch(body, /<!-- (style|script) -->/);
    const [, again] = /nonce-([^']+)'/.exec(String((await ask(address)).headers['content-security-policy']))!;
    assert.notEqual(again, nonce);
  });

  it('passes on what a button asks for', async () => {
    const commands = [
      { action: 'pause' },
      { action: 'resume' },
      { action: 'checkpoint' },
      { action: 'stop' },
      { action: 'unstop' },
      { action: 'scaleLearningRate', factor: 0.5 },
      { action: 'scaleLearningRate', factor: 2 },
    ];
    for (const command of commands) assert.equal((await press(address, 'one', command)).status, 202);
    assert.deepEqual(
      steered,
      commands.map((command) => ['one', command]),
    );
  });

  it('refuses a button that does not exist, and a run that nobody trains here', async () => {
    const wrong = [
      {},
      { action: 'rm' },
      { action: 'constructor' },
      { action: 'pause', factor: 2 },
      { action: 'scaleLearningRate' },
      { action: 'scaleLearningRate', factor: '2' },
      { action: 'scaleLearningRate', factor: 1e9 },
      { action: 'pause', more: 1 },
      [],
    ];
    for (const command of wrong)
      assert.equal((await press(address, 'one', command)).status, 400, JSON.stringify(command));
    const asked = (body: string, type = 'application/json') =>
      ask(address, '/api/runs/one/controls', { method: 'POST', headers: { 'content-type': type }, body });
    assert.equal((await asked('{')).status, 400);
    assert.equal((await asked('action=pause', 'application/x-www-form-urlencoded')).status, 415);
    assert.equal((await asked('{"action":"pause"}', 'text/plain')).status, 400);
    assert.equal((await asked(JSON.stringify({ action: 'x'.repeat(5000) }))).status, 413);
    assert.equal((await press(address, 'two', { action: 'pause' })).status, 404);
    registry.receive({ type: 'end', run: 'one', outcome: 'completed' });
    const late = await press(address, 'one', { action: 'pause' });
    assert.equal(late.status, 409);
    assert.match(late.body, /nobody can steer it here/);
    assert.equal((await ask(address, '/api/runs/one/controls')).status, 404);
    assert.deepEqual(steered, []);
  });

  it('tells a page everything at first, and then what is new', async () => {
    registry.receive({ type: 'entry', run: 'one', entry: entry(1) });
    registry.receive({ type: 'say', line: { time: 1, level: 'info', text: 'drawing' } });
    const stream = events(address, ['one']);
    const next = async () => (await stream.next()).value!;
    const runs = await next();
    assert.equal(runs.event, 'runs');
    assert.deepEqual(runs.data.order, ['one']);
    assert.deepEqual(
      [runs.data.runs[0].name, runs.data.runs[0].state, runs.data.runs[0].controls],
      ['one', 'running', CONTROLS],
    );
    const first = await next();
    assert.equal(first.event, 'run');
    assert.deepEqual(first.data.facts, start('').facts);
    assert.deepEqual(first.data.entries, { isNew: true, items: [entry(1)] });
    const log = await next();
    assert.deepEqual([log.event, log.data.log.items[0].text], ['log', 'drawing']);
    registry.receive({ type: 'entry', run: 'one', entry: entry(2) });
    registry.receive({ type: 'system', run: 'one', entry: { step: 2, samplesPerSecond: 3, dataWait: 0.5, memory: 9 } });
    let news = await next();
    while (news.event !== 'run') news = await next();
    assert.deepEqual(news.data.entries, { isNew: false, items: [entry(2)] });
    assert.equal(news.data.system.items[0].dataWait, 0.5);
    assert.ok(!('facts' in news.data));
    await stream.return();
  });

  it('says good-bye when it ends', async () => {
    const seen: string[] = [];
    for await (const { event } of events(address, [])) {
      seen.push(event);
      if (seen.length === 1) void server.close();
    }
    assert.equal(seen.at(-1), 'bye');
  });

  it('takes every so many lines of a long log, and all evaluations', async () => {
    for (let step = 1; step <= 10_000; step++) registry.receive({ type: 'entry', run: 'one', entry: entry(step) });
    for (const step of [3, 7, 10_001])
      registry.receive({
        type: 'entry',
        run: 'one',
        entry: { kind: 'val', epoch: 1, step, seconds: 1, accuracy: 0.5 },
      });
    const { data } = await firstEvent(address, ['one'], ({ event }) => event === 'run');
    const { items } = data.entries;
    assert.ok(items.length > 2000 && items.length < 4100, String(items.length));
    assert.equal(items.filter(({ kind }) => kind === 'val').length, 3);
  });

  it('gives the images of an evaluation, as long as they are kept', async () => {
    registry.receive({ type: 'shown', run: 'one', shown: { step: 4, name: 'val/a', text: null }, encoded: JPEG });
    registry.receive({ type: 'shown', run: 'one', shown: { step: 4, name: 'val/b', text: 'a text' }, encoded: null });
    const image = await ask(address, '/api/runs/one/images/0');
    assert.deepEqual([image.status, image.headers['content-type']], [200, 'image/jpeg']);
    assert.equal(image.headers['x-content-type-options'], 'nosniff');
    for (const index of ['1', '2', '-1', 'x', '0.5', '%2e%2e'])
      assert.equal((await ask(address, `/api/runs/one/images/${index}`)).status, 404, index);
    const big = new Uint8Array(50 * 2 ** 20);
    for (const step of [5, 6, 7])
      registry.receive({ type: 'shown', run: 'one', shown: { step, name: 'val/a', text: null }, encoded: big });
    assert.equal((await ask(address, '/api/runs/one/images/0')).status, 404);
    assert.equal((await ask(address, '/api/runs/one/images/4')).status, 200);
  });

  it('gives the report of a run, which reaches nothing', async () => {
    assert.equal((await ask(address, '/runs/one/report')).status, 404);
    registry.receive({ type: 'start', run: 'two', start: start(folder) });
    writeFileSync(join(folder, 'report.html'), '<!doctype html><p>report');
    const { status, headers, body } = await ask(address, '/runs/two/report');
    assert.deepEqual([status, body], [200, '<!doctype html><p>report']);
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*sandbox allow-scripts$/);
  });

  it('keeps little for a page that never reads, and goes on', async () => {
    const { port } = new URL(address);
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    await once(socket, 'connect');
    socket.write(`GET /api/events?runs=one&token=secret HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const text = 'x'.repeat(100_000);
    // More than a socket takes: from then on nothing more is written for it.
    for await (const { event } of events(address, ['one'])) {
      if (event !== 'run') continue;
      const before = process.memoryUsage.rss();
      for (let i = 0; i < 100; i++)
        registry.receive({ type: 'shown', run: 'one', shown: { step: i, name: 'a', text }, encoded: null });
      assert.ok(process.memoryUsage.rss() - before < 2 ** 29);
      break;
    }
    const { data } = await firstEvent(address, ['one'], ({ event }) => event === 'run');
    assert.ok(data.shown.items.length >= 100);
    assert.equal((await ask(address)).status, 200);
    socket.destroy();
  });

  it('has room for so many pages and no more', async () => {
    const streams = [];
    for (let i = 0; i < 32; i++) {
      const stream = events(address);
      await stream.next();
      streams.push(stream);
    }
    assert.equal((await ask(address, '/api/events')).status, 503);
    for (const stream of streams) await stream.return();
  });
});
