import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installedPackages } from './dependencies';
import { PLATFORMS, readManifest, ROOT } from './manifests';

/** A package in a CycloneDX bill of materials, as far as it is read or added here. */
interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly object[];
  readonly components?: readonly Component[];
}

interface Bom {
  readonly metadata: { readonly tools: object; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [key: string]: unknown;
}

/**
 * Writes the software bill of materials of torchts as CycloneDX: what npm says of the lock, the packages of the platforms with what
 * is compiled into their addons, and all licences. Neither a number drawn by lot nor the time is in it: the same packages are the same
 * bytes.
 */
export function writeSbom(out: string): string {
  // Told to leave out the tools, npm leaves out packages too that tools and torchts both need.
  const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=library', '--package-lock-only'];
  const { serialNumber: _, ...bom } = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' })) as Bom;
  const { name, version } = readManifest();
  const licenses = new Map(installedPackages().map((one) => [`${one.name}@${one.version}`, one.license]));
  const root = { ...bom.metadata.component, name };
  const platforms = PLATFORMS.map((platform) => platformComponent(platform, version));
  const document = {
    ...bom,
    metadata: { tools: bom.metadata.tools, component: root },
    components: [
      ...bom.components
        .filter((component) => licenses.has(keyOf(component)))
        .map((component) => ({ ...component, licenses: licensesOf(licenses.get(keyOf(component))!) })),
      ...platforms,
    ],
    dependencies: [
      ...bom.dependencies
        .filter(({ ref }) => ref === root['bom-ref'] || licenses.has(ref))
        .map(({ ref, dependsOn }) => ({
          ref,
          dependsOn: [
            ...dependsOn.filter((one) => licenses.has(one)),
            ...(ref === root['bom-ref'] ? platforms.map((one) => one['bom-ref']) : []),
          ],
        })),
      ...platforms.map((one) => ({ ref: one['bom-ref'], dependsOn: [] })),
    ],
  };
  mkdirSync(out, { recursive: true });
  const file = join(resolve(out), `${name}-${version}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  return file;
}

function platformComponent(platform: string, version: string): Component {
  const name = `@torchts/${platform}`;
  const { version: headers, license } = JSON.parse(
    readFileSync(join(ROOT, 'node_modules/node-addon-api/package.json'), 'utf8'),
  ) as { version: string; license: string };
  const compiledIn = {
    ...component('node-addon-api', headers, license),
    'bom-ref': `${name}/node-addon-api@${headers}`,
  };
  return { ...component(name, version, readManifest().license), components: [compiledIn] };
}

function component(name: string, version: string, license: string): Component {
  return {
    'bom-ref': `${name}@${version}`,
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: licensesOf(license),
  };
}

/** In CycloneDX's words: the identifier of SPDX, an expression of several, or a name of another kind. */
function licensesOf(license: string): object[] {
  if (/ (AND|OR|WITH) /.test(license)) return [{ expression: license }];
  return [{ license: / /.test(license) ? { name: license } : { id: license } }];
}

function keyOf({ name, version }: Component): string {
  return `${name}@${version}`;
}
