import { endsWell, WAYS } from '../native/process-exit-run';
import { turns } from './minutes';

/** The long form of test/native/process-exit.test.ts: what happens once in many ends. */
describe('the end of the process while native threads compute, many times', function () {
  this.timeout(0);

  for (const way of WAYS) it(`comes with the exit code and no signal: ${way}`, () => endsWell(way, turns(10)));
});
