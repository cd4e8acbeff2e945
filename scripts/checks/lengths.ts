import ts from 'typescript';
import { isGenerated, lineOf, parse, sources, walk } from './sources';

export const MOST_LINES_IN_A_FILE = 400;
export const MOST_LINES_IN_A_FUNCTION = 80;

/** Every file and every TypeScript function that is too long to be read at one go; generated files are not counted. */
export function checkLengths(root: string): string[] {
  const files = sources(
    root,
    ['ts', 'native', 'scripts', 'bench', 'examples'],
    ['.ts', '.mjs', '.cjs', '.cc', '.h', '.py'],
  );
  return files
    .filter((file) => !isGenerated(file))
    .flatMap((file) => {
      const lines = file.text.trimEnd().split('\n').length;
      const tooLong =
        lines > MOST_LINES_IN_A_FILE ? [`${file.path} has ${lines} lines, at most ${MOST_LINES_IN_A_FILE} fit.`] : [];
      return file.path.endsWith('.ts') ? [...tooLong, ...longFunctions(parse(file))] : tooLong;
    });
}

function longFunctions(file: ts.SourceFile): string[] {
  const found: string[] = [];
  walk(file, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
    const first = lineOf(file, node.getStart());
    const lines = lineOf(file, node.end) - first + 1;
    if (lines > MOST_LINES_IN_A_FUNCTION)
      found.push(`${file.fileName}:${first} is a function of ${lines} lines, at most ${MOST_LINES_IN_A_FUNCTION} fit.`);
  });
  return found;
}
