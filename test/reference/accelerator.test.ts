/** Streams, events, graphs, devices and their memory, on a pretended accelerator. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { cases } from './accelerator-cases';

describe('an accelerator', () => {
  let failures: Readonly<Record<string, string>> | undefined;

  before(async function () {
    this.timeout(300_000);
    const child = fork(path.join(__dirname, 'accelerator-cases.ts'), { execArgv: ['--require', 'tsx/cjs'] });
    child.once('message', (message) => {
      failures = message as Record<string, string>;
    });
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });

  for (const title of Object.keys(cases)) {
    it(title, () => {
      assert.ok(failures, 'the process with the accelerator told nothing');
      assert.equal(failures[title], undefined);
    });
  }
});
