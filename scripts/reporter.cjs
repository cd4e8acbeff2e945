'use strict';
const { reporters, Runner } = require('mocha');

/** Mocha's spec output, closed by one plain line that a machine can read: `N passed, N failed`. */
module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      if (pending > 0) console.log(`${pending} skipped; each of them says above what is absent`);
      console.log(`${passes} passed, ${failures} failed`);
    });
  }
};
