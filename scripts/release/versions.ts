import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from './manifests';

/** A version in the text of a file: what the one group of the pattern matches. */
interface Mention {
  readonly file: string;
  readonly pattern: RegExp;
}

/** All that names the version of what is published; the packages of the platforms are made with that of torchts. */
const MENTIONS: readonly Mention[] = [
  { file: 'package.json', pattern: /^ {2}"version": "([^"]+)"/m },
  { file: 'package-lock.json', pattern: /^ {2}"version": "([^"]+)"/m },
  { file: 'package-lock.json', pattern: /^ {4}"": \{\n {6}"name": "torchts",\n {6}"version": "([^"]+)"/m },
  ...COMMANDS.flatMap((name) => [
    { file: `packages/${name}/package.json`, pattern: /^ {2}"version": "([^"]+)"/m },
    { file: `packages/${name}/package.json`, pattern: /^ {4}"torchts": "([^"]+)"/m },
  ]),
  ...['cpu', 'cuda'].map((name) => ({ file: `docker/${name}.Dockerfile`, pattern: /^ARG TORCHTS_VERSION=(\S+)$/m })),
];

const UNRELEASED = '## [Unreleased]\n';

/** Where the version of package.json is not named as it should be, one sentence each. */
export function checkVersions(root: string): string[] {
  const current = currentVersion(root);
  const wrong = MENTIONS.flatMap(({ file, pattern }) => {
    const found = pattern.exec(read(root, file))?.[1];
    return found === current ? [] : [`${file} names version ${found ?? 'nowhere'}, and package.json ${current}.`];
  });
  return read(root, 'CHANGELOG.md').includes(UNRELEASED)
    ? wrong
    : [...wrong, `CHANGELOG.md has no heading ${UNRELEASED.trim()}.`];
}

/**
 * Moves every version, and puts what CHANGELOG.md has as unreleased under it.
 * @param date of the release, such as `2026-11-29`
 * @throws Error in one sentence, before anything is written, for what is no later version, and where nothing has changed
 */
export function moveVersions(root: string, version: string, date: string): void {
  const current = currentVersion(root);
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
    throw new Error(`Expected a version such as 0.2.0 or 1.0.0-beta.1, found '${version}'.`);
  if (!isLater(version, current)) throw new Error(`Expected a version after ${current}, found ${version}.`);
  const problems = checkVersions(root);
  if (problems.length > 0) throw new Error(problems.join(' '));
  const changes = read(root, 'CHANGELOG.md');
  const [before, after] = changes.split(UNRELEASED) as [string, string];
  if (!/^(?!\s*## )\s*\S/.test(after))
    throw new Error('CHANGELOG.md has nothing under Unreleased: say what has changed.');
  for (const { file, pattern } of MENTIONS)
    write(
      root,
      file,
      read(root, file).replace(pattern, (found) => found.replace(current, version)),
    );
  write(root, 'CHANGELOG.md', `${before}${UNRELEASED}\n## [${version}] - ${date}\n${after}`);
}

function currentVersion(root: string): string {
  return (JSON.parse(read(root, 'package.json')) as { version: string }).version;
}

/** By numbers; what stands behind a hyphen comes before the version without it. */
function isLater(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split('-', 1)[0]!);
  const order = one!.localeCompare(other!, undefined, { numeric: true });
  if (order !== 0) return order > 0;
  const [, suffix] = /-(.+)/.exec(version) ?? [];
  const [, suffixBefore] = /-(.+)/.exec(than) ?? [];
  if (suffixBefore === undefined) return false;
  return suffix === undefined || suffix.localeCompare(suffixBefore, undefined, { numeric: true }) > 0;
}

function read(root: string, file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function write(root: string, file: string, text: string): void {
  writeFileSync(join(root, file), text);
}
