/**
 * Lets what `torchts` exports under a name of its own (`nn`, `models`, `compile` and others) be loaded when it is first asked for: a
 * program that computes with tensors alone starts without the layers and models. TypeScript has no way to say so, therefore the
 * compiled file is changed. A name stays the property that it was, and a bundler or an ES module sees it as before.
 *
 *     npx tsx scripts/lazy-exports.ts dist/torch.js
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** Node.js finds the names of an ES module's imports in the line that sets them to nothing; a property defined by name beside it would make it doubt them. */
const HELPER = `function lazily(name, get) { Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: get }); }`;

/** The forms that TypeScript writes, and what replaces them. */
const FORMS: readonly (readonly [form: RegExp, lazy: string])[] = [
  [/^(exports\.\w+ = .*void 0;)$/gm, `$1\n${HELPER}`],
  [/^exports\.(\w+) = __importStar\(require\("(.+)"\)\);$/gm, 'lazily("$1", function () { return require("$2"); });'],
  [/^var (\w+) = require\("(.+)"\);$/gm, 'var $1 = function () { return require("$2"); };'],
  [
    /^Object\.defineProperty\(exports, ("\w+"), \{ enumerable: true, get: (function \(\) \{ return \w+)(\.\w+; \}) \}\);$/gm,
    'lazily($1, $2()$3);',
  ],
];

/** The code with exports that load late; itself where it has them already. @throws Error where a form is not there: the compiler writes another one now */
export function lazyExports(code: string): string {
  if (code.includes(HELPER)) return code;
  return FORMS.reduce((changed, [form, lazy]) => {
    if (changed.search(form) === -1) throw new Error(`lazy-exports: expected ${String(form)} in the file, found none`);
    return changed.replace(form, lazy);
  }, code);
}

if (require.main === module) {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new Error('lazy-exports: expected the path of a compiled file');
  writeFileSync(path, lazyExports(readFileSync(path, 'utf8')));
}
