import ts from 'typescript';
import { isGenerated, lineOf, parse, sources, walk } from './sources';

/** What the library offers to programs; the tasks and commands read their options by schemas of their own. */
const FOLDERS = ['ts/tensor', 'ts/nn', 'ts/data', 'ts/vision', 'ts/optim', 'ts/models'];

/** Functions that refuse unknown options. */
const READER = /^(resolveOptions|bindArguments|bindOptions|argumentsOf|check\w*Options)$/;

/**
 * Every exported function, constructor or public method that takes options and neither refuses unknown ones nor passes them all
 * on: `f(x, { p = 0.5 } = {})` ignores `{ P: 1 }` in silence.
 */
export function checkOptionReaders(root: string): string[] {
  return sources(root, FOLDERS, ['.ts'])
    .filter((file) => !isGenerated(file))
    .flatMap((source) => {
      const file = parse(source);
      const found: string[] = [];
      walk(file, (node) => {
        if (!isPublic(node) || !node.body || isInternal(node)) return;
        const parameter = node.parameters.find(takesOptions);
        if (!parameter || reads(node.body, parameter.name)) return;
        const name = node.name?.getText(file) ?? 'constructor';
        found.push(
          `${file.fileName}:${lineOf(file, node.getStart())} ${name} takes options and lets unknown ones pass: read them by resolveOptions.`,
        );
      });
      return found;
    });
}

/** Marked `@internal`: for this package alone. */
function isInternal(node: ts.Node): boolean {
  return (
    ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal') ||
    ts.getJSDocTags(node.parent).some(({ tagName }) => tagName.text === 'internal')
  );
}

type Callable = ts.FunctionDeclaration | ts.MethodDeclaration | ts.ConstructorDeclaration;

function isPublic(node: ts.Node): node is Callable {
  const exported = (item: ts.Node): boolean =>
    ts.canHaveModifiers(item) && (ts.getModifiers(item) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (ts.isFunctionDeclaration(node)) return exported(node);
  if (!ts.isMethodDeclaration(node) && !ts.isConstructorDeclaration(node)) return false;
  const hidden = (ts.getModifiers(node) ?? []).some(
    ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword,
  );
  return !hidden && ts.isClassDeclaration(node.parent) && exported(node.parent);
}

function takesOptions({ name, type, initializer, questionToken }: ts.ParameterDeclaration): boolean {
  if (ts.isObjectBindingPattern(name)) return initializer !== undefined;
  const mayBeLeftOut =
    questionToken !== undefined ||
    (initializer !== undefined && ts.isObjectLiteralExpression(initializer) && initializer.properties.length === 0);
  return mayBeLeftOut && (/Options(<.*>)?$/.test(type?.getText() ?? '') || name.getText() === 'options');
}

/** Whether the body hands the options to a reader, or whole to another function that has to. */
function reads(body: ts.Block, name: ts.BindingName): boolean {
  let found = false;
  const names = new Set([name.getText()]);
  const isOptions = (node: ts.Node): boolean =>
    ts.isAsExpression(node) ? isOptions(node.expression) : ts.isIdentifier(node) && names.has(node.text);
  // What `const { own, ...rest } = options` leaves counts as all of them: whoever gets the rest refuses what nobody knows.
  walk(body, (node) => {
    if (
      !ts.isVariableDeclaration(node) ||
      !ts.isObjectBindingPattern(node.name) ||
      !node.initializer ||
      !isOptions(node.initializer)
    )
      return;
    const rest = node.name.elements.find(({ dotDotDotToken }) => dotDotDotToken !== undefined);
    if (rest) names.add(rest.name.getText());
  });
  walk(body, (node) => {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
    const spreads = (item: ts.Node): boolean =>
      ts.isObjectLiteralExpression(item) &&
      item.properties.some((property) => ts.isSpreadAssignment(property) && isOptions(property.expression));
    const whole = (node.arguments ?? []).some((item) => isOptions(item) || spreads(item));
    found ||= whole || (READER.test(node.expression.getText()) && ts.isIdentifier(name));
  });
  return found;
}
