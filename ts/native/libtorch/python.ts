import { spawnSync } from 'node:child_process';

/** Interpreters to ask, the chosen one first. */
export function pythons(environment: NodeJS.ProcessEnv = process.env): string[] {
  return environment.TORCHTS_PYTHON ? [environment.TORCHTS_PYTHON] : ['python3', 'python'];
}

// Importing torch takes seconds; its folder and version.py tell the same.
const FIND_TORCH = `
import importlib.util, os, re
spec = importlib.util.find_spec('torch')
if spec and spec.origin:
    folder = os.path.dirname(os.path.realpath(spec.origin))
    text = open(os.path.join(folder, 'version.py')).read()
    print(folder)
    print(re.search(r"__version__ = ['\\"]([^'\\"]+)", text).group(1))
`;

export interface PythonTorch {
  readonly python: string;
  readonly folder: string;
  /** Like `2.13.0+cpu`. */
  readonly version: string;
}

/** The torch package that `python` would import, or one clause that says why there is none. */
export function findPythonTorch(python: string): PythonTorch | string {
  const result = spawnSync(python, ['-c', FIND_TORCH], { encoding: 'utf8', timeout: 30_000 });
  if (result.error) return `${python} cannot be run (${(result.error as NodeJS.ErrnoException).code})`;
  const [folder, version] = result.stdout.trim().split('\n');
  if (result.status !== 0 || !folder || !version) return `${python} has no package torch`;
  return { python, folder, version };
}
