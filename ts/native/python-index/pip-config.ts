import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { homeFolder } from '../home';
import { describeSystemError, isSystemError } from '../system-error';

/** What pip's configuration says of where packages are. */
export interface PipConfig {
  /** The index that replaces PyPI; undefined where none is named. */
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  /** Folders, files and pages with links to wheels. */
  readonly findLinks: readonly string[];
  /** No index is to be asked, `findLinks` alone. */
  readonly noIndex: boolean;
  /** The file of certificates that pip trusts. */
  readonly cert?: string;
  /** How long a server may be silent, in seconds. */
  readonly timeout?: number;
}

/** Of `pip download`, which is what is done here. */
const SECTIONS = ['global', 'download'] as const;

/**
 * What `pip download` would read: configuration files, later ones over earlier ones, and over them the variables `PIP_*`.
 * @throws InputError for a file that cannot be read or is none of pip's
 */
export function readPipConfig(environment: NodeJS.ProcessEnv = process.env): PipConfig {
  const settings = new Map<string, string>();
  const bySection = new Map<string, Map<string, string>>();
  for (const path of configFiles(environment)) {
    for (const [section, entries] of parseConfig(read(path), path))
      bySection.set(section, new Map([...(bySection.get(section) ?? []), ...entries]));
  }
  const sections = SECTIONS.map((name) => bySection.get(name) ?? new Map<string, string>());
  // An empty value leaves what was said before it.
  for (const entries of [...sections, environmentEntries(environment)])
    for (const [name, value] of entries) if (value !== '') settings.set(name, value);

  const list = (name: string): string[] => settings.get(name)?.split(/\s+/).filter(Boolean) ?? [];
  const seconds = Number(settings.get('timeout') ?? settings.get('default-timeout') ?? NaN);
  const [indexUrl, cert] = [settings.get('index-url') ?? settings.get('pypi-url'), settings.get('cert')];
  return {
    ...(indexUrl && { indexUrl }),
    extraIndexUrls: list('extra-index-url'),
    findLinks: list('find-links'),
    noIndex: /^(y|yes|t|true|on|1)$/i.test(settings.get('no-index') ?? ''),
    ...(cert && { cert }),
    ...(seconds > 0 && { timeout: seconds }),
  };
}

/** The files that pip reads, those that override others last. */
function configFiles(environment: NodeJS.ProcessEnv): string[] {
  const own = environment.PIP_CONFIG_FILE;
  if (own === '/dev/null') return [];
  const user = own && existsSync(own) ? [] : userFiles(environment);
  // Python's own prefix is known without Python where an environment is active.
  const prefixes = [environment.CONDA_PREFIX, environment.VIRTUAL_ENV].filter((folder) => folder !== undefined);
  const site = prefixes.map((folder) => join(folder, 'pip.conf'));
  return [...globalFiles(environment), ...user, ...site, ...(own ? [own] : [])].filter(isFile);
}

function globalFiles(environment: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') return ['/Library/Application Support/pip/pip.conf'];
  const folders = (environment.XDG_CONFIG_DIRS || '/etc/xdg').split(':').filter(Boolean);
  return [...folders.map((folder) => join(folder, 'pip', 'pip.conf')), '/etc/pip.conf'];
}

function userFiles(environment: NodeJS.ProcessEnv): string[] {
  let home: string;
  try {
    home = homeFolder(environment);
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
  const mac = join(home, 'Library', 'Application Support', 'pip');
  const folder =
    process.platform === 'darwin'
      ? existsSync(mac)
        ? mac
        : join(home, '.config', 'pip')
      : join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'pip');
  return [join(home, '.pip', 'pip.conf'), join(folder, 'pip.conf')];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new InputError(`pip's configuration cannot be read: ${describeSystemError(error)}; correct ${path}.`, {
      cause: error,
    });
  }
}

/**
 * The sections of a file in the format of Python's configparser: a line that is indented goes on with the value above it.
 * @throws InputError that names the line which is neither section, entry nor comment
 */
function parseConfig(text: string, path: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let name: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const [, header] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, key, value] = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map<string, string>();
      sections.set(header, section);
      name = undefined;
    } else if (/^\s/.test(line) && section && name) {
      section.set(name, `${section.get(name)!}\n${line.trim()}`.trim());
    } else if (key !== undefined && section) {
      name = normalizedKey(key);
      section.set(name, value!);
    } else {
      throw new InputError(
        `${path} is no configuration file of pip: line ${index + 1} is neither a [section] nor a name = value within one.`,
      );
    }
  }
  return sections;
}

function environmentEntries(environment: NodeJS.ProcessEnv): Map<string, string> {
  const names = Object.keys(environment).filter((name) => name.startsWith('PIP_'));
  return new Map(names.map((name) => [normalizedKey(name.slice(4)), environment[name]!]));
}

function normalizedKey(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '-').replace(/^--/, '');
}
