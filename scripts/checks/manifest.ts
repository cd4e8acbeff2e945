import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly main?: string;
  readonly types?: string;
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
}

/** Everything that package.json promises and the folder does not hold; what the compiler makes counts when its source is there. */
export function checkManifest(root: string): string[] {
  const {
    main,
    types,
    files = [],
    bin = {},
    exports,
  } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const promised = [
    ...[main, types].filter((path) => path !== undefined),
    ...files.filter((path) => !path.startsWith('!')),
    ...Object.values(bin),
    ...leaves(exports),
  ];
  return [...new Set(promised)]
    .filter((path) => !present(root, path))
    .map((path) => `package.json names ${path}, which is not there.`);
}

function present(root: string, path: string): boolean {
  const source = path.replace(/^(\.\/)?dist(?=\/|$)/, 'ts').replace(/(\.d\.ts|\.js)$/, '.ts');
  return existsSync(join(root, path)) || existsSync(join(root, source));
}

/** The paths at the ends of an exports map, whatever its conditions. */
function leaves(exports: unknown): string[] {
  if (typeof exports === 'string') return [exports];
  return exports && typeof exports === 'object' ? Object.values(exports).flatMap(leaves) : [];
}
