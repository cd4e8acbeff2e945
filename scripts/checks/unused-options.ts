import ts from 'typescript';
import { layerOf } from './imports';
import { isGenerated, lineOf, parse, sources, walk } from './sources';

/** Functions whose type argument says which options they take. */
const READER = /^(resolveOptions|bindArguments|bindOptions)$/;

/** What is read outside of ts/. */
const READ_ELSEWHERE = new Set([
  // Operators take these by their schemas.
  'FillOptions.pinMemory',
  'RandomOptions.generator',
  // For code that is taken over from Python: there is nothing to switch off.
  'TorchLoadOptions.weightsOnly',
]);

/**
 * Every option that nothing reads: a field of a type whose name ends in `Options`, or of one that is written where options are
 * read. Such an option is accepted, documented, and does nothing.
 *
 * A read is `x.name`, `x['name']` or `name` in a pattern, in the layer of the option or in one below it, where options are passed
 * on to. It goes by the name alone, for the types of all reads take the compiler a quarter of a minute: an option that shares
 * its name with one that is read passes.
 */
export function checkUnusedOptions(root: string): string[] {
  const files = sources(root, ['ts'], ['.ts'])
    .filter((file) => !isGenerated(file))
    .map(parse);
  const layersOfReads = readsOf(files);
  return files.flatMap((file) => {
    const layer = layerOf(file.fileName) ?? Infinity;
    return optionsOf(file)
      .filter((option) => !layersOfReads.get(option.name.getText())?.some((other) => other <= layer))
      .filter((option) => !READ_ELSEWHERE.has(`${nameOf(option.parent)}.${option.name.getText()}`))
      .map(
        (option) =>
          `${file.fileName}:${lineOf(file, option.getStart())} has an option ${option.name.getText()} that nothing reads: use it, or take it out.`,
      );
  });
}

/** The fields of types of options. */
function optionsOf(file: ts.SourceFile): ts.PropertySignature[] {
  const found: ts.PropertySignature[] = [];
  walk(file, (node) => {
    const isOptions = ts.isInterfaceDeclaration(node)
      ? /Options$/.test(node.name.text)
      : ts.isTypeLiteralNode(node) && namesOptions(node);
    if (isOptions) found.push(...(node as ts.InterfaceDeclaration).members.filter(ts.isPropertySignature));
  });
  return found;
}

function nameOf(type: ts.Node): string {
  return ts.isInterfaceDeclaration(type) ? type.name.text : '';
}

function namesOptions({ parent }: ts.TypeLiteralNode): boolean {
  if (ts.isTypeAliasDeclaration(parent)) return /Options$/.test(parent.name.text);
  return ts.isCallExpression(parent) && READER.test(parent.expression.getText());
}

/** The layers in which a property is read, by its name. */
function readsOf(files: readonly ts.SourceFile[]): Map<string, number[]> {
  const reads = new Map<string, number[]>();
  for (const file of files) {
    const layer = layerOf(file.fileName) ?? -1;
    walk(file, (node) => {
      const name = nameRead(node);
      if (name !== undefined) reads.set(name, [...(reads.get(name) ?? []).filter((other) => other !== layer), layer]);
    });
  }
  return reads;
}

function nameRead(node: ts.Node): string | undefined {
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent))
    return (node.propertyName ?? node.name).getText();
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
  const { parent } = node;
  const isWritten =
    ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  if (isWritten) return undefined;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isStringLiteral(node.argumentExpression) ? node.argumentExpression.text : undefined;
}
