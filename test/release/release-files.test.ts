import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { installedPackages } from '../../scripts/release/dependencies';
import { PLATFORMS } from '../../scripts/release/manifests';
import { writeSbom } from '../../scripts/release/sbom';
import { packageVersion } from '../../ts/native/package';
import { REPOSITORY, run } from '../package/packed';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly { readonly license?: object; readonly expression?: string }[];
  readonly components?: readonly Component[];
}

interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly timestamp?: string; readonly component: Component };
  readonly serialNumber?: string;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

describe('what belongs to a release beside its packages', () => {
  describe('the bill of materials', () => {
    let bom: Bom;
    before(() => {
      const folder = mkdtempSync(join(tmpdir(), 'torchts-sbom-'));
      bom = JSON.parse(readFileSync(writeSbom(folder), 'utf8')) as Bom;
      rmSync(folder, { recursive: true });
    });

    it('is one of CycloneDX for this version, without time and lot', () => {
      assert.equal(bom.bomFormat, 'CycloneDX');
      assert.deepEqual([bom.metadata.component.name, bom.metadata.component.version], ['torchts', packageVersion()]);
      assert.deepEqual([bom.metadata.timestamp, bom.serialNumber], [undefined, undefined]);
    });

    it('has all that npm installs, each once and with its licence, and no tool', () => {
      const expected = [
        ...installedPackages().map(({ name, version }) => `${name}@${version}`),
        ...PLATFORMS.map((platform) => `@torchts/${platform}@${packageVersion()}`),
      ];
      assert.deepEqual(bom.components.map(({ name, version }) => `${name}@${version}`).sort(), expected.sort());
      for (const { name, licenses } of bom.components)
        assert.ok(licenses.length > 0 && (licenses[0]!.license ?? licenses[0]!.expression), name);
      for (const tool of ['typescript', 'cmake-js', 'mocha'])
        assert.ok(!expected.some((one) => one.startsWith(`${tool}@`)));
    });

    it('has what is compiled into the addons', () => {
      const addons = bom.components.filter(({ name }) => name.startsWith('@torchts/'));
      for (const { components } of addons)
        assert.deepEqual(
          components!.map(({ name }) => name),
          ['node-addon-api'],
        );
    });

    it('says who depends on whom, among what it has', () => {
      const known = new Set([bom.metadata.component, ...bom.components].map((one) => one['bom-ref']));
      assert.deepEqual(new Set(bom.dependencies.map(({ ref }) => ref)), known);
      for (const { ref, dependsOn } of bom.dependencies)
        for (const one of dependsOn) assert.ok(known.has(one), `${ref} depends on ${one}`);
      const [own] = bom.dependencies.filter(({ ref }) => ref === bom.metadata.component['bom-ref']);
      const { dependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
        dependencies: Record<string, string>;
      };
      assert.equal(own!.dependsOn.length, Object.keys(dependencies).length + PLATFORMS.length);
    });
  });

  for (const name of readdirSync(join(REPOSITORY, 'docker')))
    it(`has nothing in docker/${name} that a linter finds, and a user who is not root`, () => {
      const linter = join(REPOSITORY, 'scripts/release/node_modules/dockerfilelint/bin/dockerfilelint');
      const text = join(REPOSITORY, 'docker', name);
      assert.match(run(process.execPath, [linter, '--output', 'cli', text], REPOSITORY), /Issues: None found/);
      assert.equal(
        readFileSync(text, 'utf8')
          .match(/^USER (.+)$/gm)
          ?.at(-1),
        'USER node',
      );
    });

  it('is made by a workflow of this repository’s own commands, for each platform', () => {
    const text = readFileSync(join(REPOSITORY, '.github/workflows/release.yml'), 'utf8');
    const workflow = parse(text) as {
      jobs: { addons: { strategy: { matrix: { include: { platform: string }[] } } }; publish: { permissions: object } };
    };
    const platforms = workflow.jobs.addons.strategy.matrix.include.map(({ platform }) => platform);
    assert.deepEqual(platforms, [...PLATFORMS]);
    // Provenance is signed by an identity of the workflow.
    assert.deepEqual(workflow.jobs.publish.permissions, { contents: 'write', 'id-token': 'write' });
    const makefile = readFileSync(join(REPOSITORY, 'Makefile'), 'utf8');
    const targets = [...text.matchAll(/run: make ([a-z-]+)/g)].map(([, target]) => target!);
    assert.ok(targets.length > 0);
    for (const target of targets) assert.match(makefile, new RegExp(`^${target}:`, 'm'));
  });
});
