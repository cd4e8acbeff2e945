import assert from 'node:assert/strict';
import { parseEndpoint } from '../../../ts/cli/launch/endpoint';
import { run, type RunFlags } from '../../../ts/cli/launch/options';
import { withDashes } from '../../../ts/cli/run';

describe('the options of torchts run', () => {
  it('may be written with underscores, up to the program', () => {
    const line =
      'node torchts run --nproc_per_node 2 --rdzv_id=a_b --standalone --log_dir --x_y my_program.mjs --an_option';
    assert.equal(
      withDashes(line.split(' ')).join(' '),
      'node torchts run --nproc-per-node 2 --rdzv-id=a_b --standalone --log-dir --x_y my_program.mjs --an_option',
    );
  });

  it('are left alone in other commands', () => {
    const line = ['node', 'torchts', 'runs', 'rm', '--a_b'];
    assert.deepEqual(withDashes(line), line);
  });

  it('name an endpoint by host and port', () => {
    assert.deepEqual(parseEndpoint('worker-0.job:1234'), { host: 'worker-0.job', port: 1234 });
    assert.deepEqual(parseEndpoint('10.0.0.1'), { host: '10.0.0.1', port: 29_400 });
    assert.deepEqual(parseEndpoint('[fd00::1]:80'), { host: 'fd00::1', port: 80 });
    for (const bad of ['', ':80', 'host:', 'host:80:90', 'host:70000', 'a b:1'])
      assert.equal(parseEndpoint(bad), undefined);
  });

  const USUAL: RunFlags = { nprocPerNode: 1, nnodes: [2, 2], maxRestarts: 0, rdzvId: 'none', rdzvConf: {} };
  for (const [flags, sentence] of [
    [{ rdzvBackend: 'c10d' }, /^Expected --rdzv-endpoint host:port with --rdzv-backend c10d, found none\.$/],
    [{ nnodes: [1, 4] }, /^Expected --rdzv-endpoint host:port with --nnodes 1:4, found none\.$/],
    [{ rdzvEndpoint: 'host:x' }, /^Expected host, host:port or \[address\]:port for --rdzv-endpoint, found host:x\.$/],
    [{ standalone: true }, /^Expected --nnodes 1 with --standalone, found 2:2\.$/],
    [
      { masterPort: 1, maxRestarts: 1 },
      /^Expected --max-restarts 0 with --node-rank on several machines: .*with --rdzv-endpoint they do\.$/,
    ],
    [
      { rdzvEndpoint: 'host', rdzvConf: { timeout: '1' } },
      /^Expected join_timeout, .*, is_host in --rdzv-conf, found timeout\.$/,
    ],
    [
      { rdzvEndpoint: 'host', rdzvConf: { join_timeout: '0' } },
      /^Expected seconds above 0 for join_timeout in --rdzv-conf, found 0\.$/,
    ],
    [
      { rdzvEndpoint: 'host', rdzvConf: { is_host: 'maybe' } },
      /^Expected true or false for is_host in --rdzv-conf, found maybe\.$/,
    ],
  ] as [Partial<RunFlags>, RegExp][])
    it(`are refused when they do not fit: ${JSON.stringify(flags)}`, async () => {
      await assert.rejects(
        run('x', [], { ...USUAL, ...flags }, () => undefined),
        { name: 'UsageError', message: sentence },
      );
    });
});
