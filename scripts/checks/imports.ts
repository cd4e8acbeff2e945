import { posix } from 'node:path';
import ts from 'typescript';
import { parse, sources, walk, type Source } from './sources';

/** The folders of ts/ from the bottom to the top; those in one row do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['native'],
  ['tensor'],
  ['distributed'],
  ['nn', 'data', 'vision'],
  ['optim'],
  ['models'],
  ['compile'],
  ['train'],
  ['tasks'],
  ['cli'],
];

/** What every folder may import. */
const BELOW_ALL = ['ts/errors.ts', 'ts/options.ts', 'ts/printable.ts'];

/** The same for the folders inside of a folder, whose own files are above them. */
const ROOMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'ts/tensor': [
    ['types'],
    ['core'],
    ['memory', 'profile'],
    ['random'],
    ['operators', 'accelerator'],
    ['creation', 'generated', 'printing'],
    ['autograd', 'functions', 'io'],
    ['members', 'checkpoint', 'threads'],
    ['script', 'plan'],
  ],
  'ts/tasks/vocdet': [['annotations'], ['evaluator', 'synth'], ['splits']],
};

/** Every import that does not point down the layers, and every circle of files, one sentence each. */
export function checkImports(root: string): string[] {
  const files = sources(root, ['ts'], ['.ts']);
  const paths = new Set(files.map((file) => file.path));
  const imports = new Map(files.map((file) => [file.path, importsOf(file, paths)]));
  return [
    ...[...imports].flatMap(([path, targets]) =>
      targets.flatMap((target) => [...refusal(path, target), ...refusalOfRoom(path, target)]),
    ),
    ...circles(imports),
  ];
}

/** The files of this package that a file imports or exports from, types included. */
function importsOf(file: Source, paths: ReadonlySet<string>): string[] {
  const names = new Set<string>();
  walk(parse(file), (node) => {
    const named =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : ts.isCallExpression(node) && /^(require|import)$/.test(node.expression.getText())
            ? node.arguments[0]
            : undefined;
    if (named && ts.isStringLiteralLike(named) && named.text.startsWith('.')) names.add(named.text);
  });
  const targets = [...names]
    .map((name) => posix.join(posix.dirname(file.path), name))
    .map((target) => [`${target}.ts`, `${target}/index.ts`, target].find((path) => paths.has(path)) ?? target);
  return [...new Set(targets)];
}

/** The circles that a walk along the imports meets, be it for types alone; each file is entered once. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push(`${[...trail.slice(at), path].join(' imports ')}: a circle.`);
    if (at >= 0 || done.has(path)) return;
    trail.push(path);
    for (const target of imports.get(path) ?? []) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const path of imports.keys()) visit(path);
  return found;
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

export function layerOf(path: string): number | undefined {
  const folder = folderOf(path);
  const layer = LAYERS.findIndex((row) => folder !== undefined && row.includes(folder));
  return layer < 0 ? undefined : layer;
}
