import * as torch from '../ts/tensor';

/** Runs a suite on one thread: so small a model gains nothing by two, which on a busy machine wait for each other. */
export function onOneThread(): void {
  const threads = torch.getNumThreads();
  before(() => torch.setNumThreads(1));
  after(() => torch.setNumThreads(threads));
}
