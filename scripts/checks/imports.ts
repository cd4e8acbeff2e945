import { posix } from 'node:path';
import ts from 'typescript';
import { sources } from './sources';

/** The folders of ts/ from the bottom to the top; those in one row do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['native'],
  ['tensor'],
  ['nn', 'data', 'vision'],
  ['optim'],
  ['models'],
  ['train'],
  ['tasks'],
  ['cli'],
];

/** What every folder may import. */
const BELOW_ALL = ['ts/errors.ts', 'ts/options.ts', 'ts/printable.ts'];

/** The same for the folders inside of a folder, whose own files are above them. */
const ROOMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'ts/tasks/vocdet': [['annotations'], ['evaluator', 'synth'], ['splits']],
};

/** Every import that does not point down the layers, one sentence each. */
export function checkImports(root: string): string[] {
  const files = sources(root, ['ts'], ['.ts']);
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap(({ path, text }) =>
    ts
      .preProcessFile(text)
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => posix.join(posix.dirname(path), fileName))
      .map(
        (target) => [`${target}.ts`, `${target}/index.ts`, target].find((candidate) => paths.has(candidate)) ?? target,
      )
      .flatMap((target) => [...refusal(path, target), ...refusalOfRoom(path, target)]),
  );
}

function refusal(path: string, target: string): string[] {
  const from = layerOf(path);
  const to = layerOf(target);
  // What is below everything; ts/index.ts is above everything.
  if (from === undefined || BELOW_ALL.includes(target) || folderOf(path) === folderOf(target)) return [];
  if (to === undefined) return [`${path} imports ${target}, which lies in no layer below it.`];
  return to < from ? [] : [`${path} imports ${target}, which is not in a layer below it.`];
}

function refusalOfRoom(path: string, target: string): string[] {
  const [folder, rows] = Object.entries(ROOMS).find(([name]) => path.startsWith(`${name}/`)) ?? [];
  if (folder === undefined || rows === undefined || !target.startsWith(`${folder}/`)) return [];
  const [from, to] = [path, target].map(
    (file) =>
      file
        .slice(folder.length + 1)
        .split('/')
        .slice(0, -1)[0],
  );
  if (from === undefined || from === to) return [];
  const rowOf = (room: string | undefined) => rows.findIndex((row) => room !== undefined && row.includes(room));
  if (rowOf(from) < 0) return [`${path} lies in a folder of ${folder} that has no place in the order.`];
  if (to !== undefined && rowOf(to) >= 0 && rowOf(to) < rowOf(from)) return [];
  return [`${path} imports ${target}, which is not in a folder below it.`];
}

function folderOf(path: string): string | undefined {
  return /^ts\/([^/]+)\//.exec(path)?.[1];
}

function layerOf(path: string): number | undefined {
  const folder = folderOf(path);
  const layer = LAYERS.findIndex((row) => folder !== undefined && row.includes(folder));
  return layer < 0 ? undefined : layer;
}
