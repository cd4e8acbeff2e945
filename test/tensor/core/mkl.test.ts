import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../ts/errors';
import * as torch from '../../../ts/tensor';

const ROOT = join(__dirname, '../../..');
const LOAD = `const torch = require('./ts/tensor'); const { mkl } = torch.backends;`;
const PRODUCT = `torch.ones([64, 64]).mm(torch.ones([64, 64]));`;
const STATE = `console.log(mkl.dispatch, mkl.instructions());`;
const UNSET = { TORCHTS_MKL_DISPATCH: '', MKL_CBWR: '', MKL_ENABLE_INSTRUCTIONS: '' };

/** The lines that a program prints; what went wrong is printed as an error's code and message. */
function run(script: string, environment: NodeJS.ProcessEnv = {}): string[] {
  const caught = `try { ${script} } catch (error) { console.log(error.code, error.message) }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', caught], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...UNSET, ...environment },
  });
  assert.equal(stderr, '');
  return stdout.trimEnd().split('\n');
}

/** What Linux says of the processor. */
const processor = process.platform === 'linux' ? readFileSync('/proc/cpuinfo', 'utf8') : '';
const has = (...flags: string[]): boolean =>
  flags.every((flag) => new RegExp(`^flags\\b.* ${flag}( |$)`, 'm').test(processor));
const byFeatures = has('avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl') ? 'AVX-512' : 'AVX2';
const byVendor = processor.includes('GenuineIntel') ? byFeatures : 'generic';

describe("MKL's kernels, on a processor with AVX2", function () {
  this.timeout(120_000);
  before(function () {
    if (!torch.backends.mkl.isAvailable() || !has('avx2', 'fma')) this.skip();
  });

  it('are chosen by features, or by vendor for who says so or wants the bits that MKL_CBWR promises', () => {
    const chosen = (environment: NodeJS.ProcessEnv): string[] =>
      run(`${LOAD} ${STATE} ${PRODUCT} ${STATE}`, environment);
    assert.deepEqual(chosen({}), ['features null', `features ${byFeatures}`]);
    assert.deepEqual(chosen({ TORCHTS_MKL_DISPATCH: 'vendor' }), ['vendor null', `vendor ${byVendor}`]);
    assert.deepEqual(chosen({ MKL_CBWR: 'COMPATIBLE' }), ['vendor null', 'vendor generic']);
    assert.deepEqual(chosen({ MKL_CBWR: 'AVX2', TORCHTS_MKL_DISPATCH: 'features' }), [
      'features null',
      'features AVX2',
    ]);
    assert.deepEqual(chosen({ MKL_ENABLE_INSTRUCTIONS: 'AVX2' }), ['features null', 'features AVX2']);
  });

  it('are chosen so when the dynamic linker finds every name at once', () => {
    assert.deepEqual(run(`${LOAD} ${PRODUCT} ${STATE}`, { LD_BIND_NOW: '1' }), [`features ${byFeatures}`]);
  });

  it('can be chosen until the first product, and not after it', () => {
    const set = `mkl.dispatch = 'vendor'; mkl.dispatch = 'features'; mkl.dispatch = 'vendor';`;
    assert.deepEqual(run(`${LOAD} ${set} ${PRODUCT} ${STATE} mkl.dispatch = 'vendor'; mkl.dispatch = 'features';`), [
      `vendor ${byVendor}`,
      "TTS_INPUT backends.mkl.dispatch: expected to be set before the first matrix product of the process, found MKL's " +
        "kernels chosen by 'vendor' already; start with TORCHTS_MKL_DISPATCH=features",
    ]);
  });

  it('are the same in workers and for another load of the addon', () => {
    const worker = `require('tsx/cjs'); ${LOAD} ${PRODUCT} ${STATE}`;
    const done = `new Promise((done) => new (require('node:worker_threads').Worker)(${JSON.stringify(worker)}, { eval: true }).on('exit', done))`;
    const again = `for (const key of Object.keys(require.cache)) delete require.cache[key]; console.log(require('./ts/tensor').backends.mkl.dispatch);`;
    assert.deepEqual(run(`${LOAD} mkl.dispatch = 'vendor'; ${done}.then(() => { ${PRODUCT} ${STATE} ${again} })`), [
      `vendor ${byVendor}`,
      `vendor ${byVendor}`,
      'vendor',
    ]);
  });

  it('are said to be chosen by vendor where something else has brought libtorch into the process', function () {
    if (byVendor === byFeatures) this.skip();
    const other = `process.dlopen({ exports: {} }, require('node:path').resolve('build/Release/torchts_reference.node'));`;
    assert.deepEqual(run(`${other} ${LOAD} ${PRODUCT} ${STATE}`), ['vendor generic']);
  });

  it('give the same numbers within float32’s rounding, whichever are chosen', () => {
    const script = `${LOAD}
      torch.manualSeed(0);
      const [a, b] = [torch.randn([65, 300]), torch.randn([300, 33])];
      const exact = a.to({ dtype: 'float64' }).mm(b.to({ dtype: 'float64' }));
      console.log(a.mm(b).sub(exact).abs().max().item() < 1e-4, mkl.dispatch);`;
    assert.deepEqual(run(script), ['true features']);
    assert.deepEqual(run(script, { TORCHTS_MKL_DISPATCH: 'vendor' }), ['true vendor']);
  });

  it('are not chosen by a word that does not exist', () => {
    assert.throws(() => (torch.backends.mkl.dispatch = 'amd' as 'vendor'), {
      name: InputError.name,
      message: "backends.mkl.dispatch: expected 'features' or 'vendor', found 'amd'",
    });
    assert.deepEqual(run(LOAD, { TORCHTS_MKL_DISPATCH: 'amd' }), [
      "TTS_INPUT TORCHTS_MKL_DISPATCH: expected features or vendor, found 'amd'",
    ]);
  });
});
