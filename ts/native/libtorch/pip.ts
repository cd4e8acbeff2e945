import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { sha256File } from '../download';
import { withBar, type Listener } from '../listener';
import { LIBTORCH_VERSION } from '../package';
import { runInGroup } from '../process-group';
import { isSystemError } from '../system-error';
import { officialArchive, type Archive } from './archive';
import { type Flavour } from './flavour';
import { pythons } from './python';

/** Fetches the wheel of torch into `folder` through pip, which knows the machine's index and mirrors; a CUDA flavour with NVIDIA's libraries. */
export async function fetchWheels(
  flavour: Flavour,
  folder: string,
  listener: Listener,
  site: string,
): Promise<Archive[]> {
  const wheels = join(folder, 'wheels');
  const failures: string[] = [];
  for (const python of pythons()) {
    // The build with its flavour in the version; where the index has but one build (macOS), its version is the plain one.
    for (const requirement of [`torch==${LIBTORCH_VERSION}+${flavour}`, `torch==${LIBTORCH_VERSION}`]) {
      const failure = await pipDownload(python, requirement, flavour, wheels, listener, site);
      if (failure === undefined) return readArchives(wheels);
      failures.push(failure);
    }
  }
  throw new InputError(`pip cannot fetch torch ${LIBTORCH_VERSION}: ${[...new Set(failures)].join('; ')}.`);
}

async function pipDownload(
  python: string,
  requirement: string,
  flavour: Flavour,
  folder: string,
  listener: Listener,
  site: string,
): Promise<string | undefined> {
  const temporary = join(folder, 'pip');
  await rm(folder, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const args = [
    '-m',
    'pip',
    'download',
    '--dest',
    folder,
    '--retries',
    '2',
    '--no-cache-dir',
    '--disable-pip-version-check',
    '--progress-bar',
    'off',
  ];
  if (flavour === 'cpu') args.push('--no-deps');
  // PyTorch's own index, unless its site has just failed to give the archive.
  if (flavour !== 'cpu' || !officialArchive(flavour)) args.push('--extra-index-url', `${site}/whl/${flavour}`);
  const failure = await withBar(listener, `pip download ${requirement}`, async (bar) => {
    const clock = setInterval(() => void bytesUnder(folder).then((bytes) => bar.update(bytes)), 200);
    try {
      return await run(python, [...args, requirement], { ...process.env, TMPDIR: temporary });
    } finally {
      clearInterval(clock);
    }
  });
  await rm(temporary, { recursive: true, force: true });
  return failure;
}

/** Runs pip; undefined when it succeeded, else the clause that says why not. */
async function run(python: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  let errors = '';
  try {
    const code = await runInGroup(python, args, { env, stdio: ['ignore', 'ignore', 'pipe'] }, ({ stderr }) =>
      stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text)),
    );
    if (code === 0) return undefined;
    const reasons = errors.split('\n').filter((line) => /^ERROR: |No module named/.test(line));
    return `${python}: ${
      reasons
        .at(-1)
        ?.replace(/^ERROR: /, '')
        .replace(/\.$/, '') ?? `pip ended with code ${code}`
    }`;
  } catch (error) {
    if (isSystemError(error)) return `${python} cannot be run (${error.code})`;
    throw error;
  }
}

async function readArchives(folder: string): Promise<Archive[]> {
  const wheels = (await readdir(folder)).filter((name) => name.endsWith('.whl')).sort();
  return Promise.all(
    wheels.map(async (name) => ({ path: join(folder, name), name, sha256: await sha256File(join(folder, name)) })),
  );
}

async function bytesUnder(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (info) => (info.isFile() ? info.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
