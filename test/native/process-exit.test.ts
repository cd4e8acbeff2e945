import { endsWell, WAYS } from './process-exit-run';

// Native threads outlive libtorch's statics in these; in a thread of its own a crash takes the exit code along.
describe('the end of the process while native threads compute', () => {
  for (const way of WAYS) {
    it(`comes with the exit code and no signal: ${way}`, async function () {
      this.timeout(300_000);
      await endsWell(way, 2);
    });
  }
});
