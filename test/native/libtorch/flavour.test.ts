import assert from 'node:assert/strict';
import { UsageError } from '../../../ts/errors';
import { officialArchive } from '../../../ts/native/libtorch/archive';
import { requestedFlavour, suggestCuda } from '../../../ts/native/libtorch/flavour';
import { LIBTORCH_VERSION } from '../../../ts/native/package';

describe('the flavour of libtorch', () => {
  it('is what the flag says, else TORCHTS_FLAVOUR, else not asked for', () => {
    assert.equal(requestedFlavour('cu130', { TORCHTS_FLAVOUR: 'cpu' }), 'cu130');
    assert.equal(requestedFlavour(undefined, { TORCHTS_FLAVOUR: 'cu126' }), 'cu126');
    assert.equal(requestedFlavour(undefined, {}), undefined);
  });

  it('is refused by name when no build is called so', () => {
    assert.throws(() => requestedFlavour('cuda'), UsageError);
    assert.throws(
      () => requestedFlavour(undefined, { TORCHTS_FLAVOUR: 'cu13.0' }),
      /^UsageError: TORCHTS_FLAVOUR is 'cu13\.0', which is no build of libtorch: use cpu, or cu/,
    );
  });

  it('is suggested by the driver', () => {
    assert.match(suggestCuda('cpu', '580.65.06')!, /`torchts setup --flavour cu130`/);
    assert.match(suggestCuda('cpu', '570.10')!, /`torchts setup --flavour cu126`/);
    assert.match(suggestCuda('cpu', '470.1')!, /too old/);
    assert.equal(suggestCuda('cpu', undefined), undefined);
    assert.equal(suggestCuda('cu130', '580.65.06'), undefined);
  });

  it('has an official archive where PyTorch publishes one', () => {
    assert.equal(officialArchive('cu130', 'linux', 'x64'), `libtorch-shared-with-deps-${LIBTORCH_VERSION}+cu130.zip`);
    assert.equal(officialArchive('cpu', 'darwin', 'arm64'), `libtorch-macos-arm64-${LIBTORCH_VERSION}.zip`);
    assert.equal(officialArchive('cpu', 'linux', 'arm64'), undefined);
    assert.equal(officialArchive('cu130', 'darwin', 'arm64'), undefined);
  });
});
