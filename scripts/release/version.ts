/**
 * Moves the version of all that is published, and CHANGELOG.md's heading with it:
 *
 *     make version VERSION=0.2.0
 *
 * What it changed is then committed and tagged v0.2.0, which begins the release (.github/workflows/release.yml).
 */
import { ROOT } from './manifests';
import { moveVersions } from './versions';

const version = process.argv[2] ?? '';
try {
  moveVersions(ROOT, version, new Date().toISOString().slice(0, 10));
  console.log(`All packages are version ${version} now: commit that, and tag it v${version} to release it.`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
