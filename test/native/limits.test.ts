import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const TENSOR = path.join(__dirname, '../../dist/tensor/index.js');
const runs = process.platform === 'linux' && existsSync(TENSOR) && spawnSync('prlimit', ['--version']).status === 0;

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a piece of JavaScript that may call `limit(kind, bytes)`: from then on the process may have so many more than it has. */
function limited(shell: string, body: string): Ended {
  const limit = `const limit = (kind, field, bytes) => {
    const now = 1024 * Number(new RegExp(field + ':[^0-9]*([0-9]+)').exec(require('node:fs').readFileSync('/proc/self/status', 'utf8'))[1]);
    require('node:child_process').execFileSync('prlimit', ['--pid', String(process.pid), '--' + kind + '=' + (now + bytes)]);
  };`;
  const script = `${limit} const load = () => require(${JSON.stringify(TENSOR)}); ${body}`;
  return spawnSync('bash', ['-c', `${shell}; exec "$0" -e "$1"`, process.execPath, script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
}

// The limits are those of Linux; macOS heeds hardly any of them.
(runs ? describe : describe.skip)(
  'limits of the system (Linux with prlimit; needs dist, which `make build` writes)',
  function () {
    this.timeout(120_000);

    it('on threads: operators run on one, with a warning', () => {
      // A thread's stack of 4 GB has no room in 3: a refusal that root gets too.
      const body =
        "limit('as', 'VmSize', 3e9); const torch = load(); console.log(torch.ones([300, 300]).mm(torch.ones([300, 300])).sum().item(), torch.getNumThreads())";
      const { status, signal, stdout, stderr } = limited('ulimit -s 4194304; export OMP_NUM_THREADS=4', body);
      assert.deepEqual({ status, signal, stdout }, { status: 0, signal: null, stdout: '27000000 1\n' }, stderr);
      assert.match(stderr, /Warning: the system gives too few threads .*operators run on one thread/);
    });

    for (const [kind, field] of [
      ['data', 'VmData'],
      ['as', 'VmSize'],
    ] as const) {
      it(`on memory (${kind}): an OutOfMemoryError, after which work goes on`, () => {
        const body = `
        const torch = load();
        torch.ones([10]).add(1).mm;
        limit('${kind}', '${field}', 1.5e9);
        const kept = [];
        let failures = 0;
        for (let i = 0; i < 100 && failures < 3; i++) {
          try { kept.push(torch.ones([1 << 26])); }
          catch (error) { if (error.name !== 'OutOfMemoryError') throw error; failures++; }
        }
        kept.length = 0;
        console.log(failures, torch.ones([10]).sum().item());`;
        const { status, signal, stdout, stderr } = limited('true', body);
        assert.deepEqual({ status, signal, stdout }, { status: 0, signal: null, stdout: '3 10\n' }, stderr);
      });
    }

    it('on open files: the error says so, not that the image is damaged', () => {
      const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
      const body = `
      const fs = require('node:fs'), path = require('node:path'), os = require('node:os');
      const { decodeImage } = require(${JSON.stringify(path.join(path.dirname(TENSOR), '../vision/index.js'))});
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'torchts-files-')), file = path.join(folder, 'a.png');
      fs.writeFileSync(file, Buffer.from('${png}', 'base64'));
      const open = [];
      try { for (;;) open.push(fs.openSync(file)); } catch (error) { if (error.code !== 'EMFILE') throw error; }
      decodeImage(file).then(() => 'decoded', (error) => error.name + ' ' + error.message).then(async (said) => {
        for (const one of open) fs.closeSync(one);
        console.log(said.replace(file, 'a.png'));
        console.log(typeof (await decodeImage(file)) === 'object' ? 'then decoded' : 'nothing');
        fs.rmSync(folder, { recursive: true });
      });`;
      const { status, signal, stdout, stderr } = limited('ulimit -n 32', body);
      const said =
        'InputError Cannot read the image a.png: this process has too many files open (see ulimit -n) (EMFILE).';
      assert.deepEqual(
        { status, signal, stdout },
        { status: 0, signal: null, stdout: `${said}\nthen decoded\n` },
        stderr,
      );
    });
  },
);
