import assert from 'node:assert/strict';
import { checkDocs } from '../../scripts/checks/docs';
import { inRepository, repository } from './fixture';

const found = (files: Readonly<Record<string, string>>): string[] =>
  inRepository({ 'tsconfig.json': '{}', ...files }, checkDocs);

const nameOf = (line: string): string => /exports (\S+) without/.exec(line)![1]!;

describe('the check of docstrings', () => {
  it('takes what has a sentence, and options whose fields have one', () => {
    const index = `
      /** One. */
      export const one = 1;
      export interface Options {
        /** How many. @default 1 */
        readonly count?: number;
      }
      export * as inner from './inner';
      const own = 2;
    `;
    assert.deepEqual(
      found({ 'ts/index.ts': index, 'ts/inner.ts': '/** Nothing. */\nexport function none(): void {}' }),
      [],
    );
  });

  it('finds what has none, wherever it is exported', () => {
    const files = {
      'ts/index.ts': `export * as inner from './inner';\nexport { C as D } from './inner';\n`,
      'ts/inner.ts': `/** @throws never */\nexport function f(): void {}\nexport class C {}\nexport interface Options {\n  readonly count?: number;\n}\n`,
    };
    assert.deepEqual(
      found(files),
      ['C', 'Options', 'f']
        .map((name, i) => `ts/inner.ts:${[3, 4, 2][i]} exports ${name} without a word on it.`)
        .sort(),
    );
  });

  it('finds members of classes, inherited and static ones and those of a merged interface', () => {
    const index = `
      abstract class Base {
        inherited(): void {}
      }
      /** A class. */
      export class C extends Base {
        field = 1;
        get read(): number { return 1; }
        static make(): void {}
        said = 1; // no docstring
        constructor(readonly own: number) { super(); }
      }
      export interface C {
        merged(): void;
      }
    `;
    const names = ['Base.inherited', 'C.field', 'C.read', 'C.make', 'C.said', 'C.own', 'C.merged'];
    assert.deepEqual(found({ 'ts/index.ts': index }).map(nameOf).sort(), names.sort());
  });

  it('finds members of objects that hold functions, however deep, and what interfaces have called', () => {
    const index = `
      const named = (): void => {};
      /** A namespace. */
      export const space = { ...{ spread: (): void => {} }, inner: { call: (): void => {}, get read(): number { return 1; }, plain: 1 }, named };
      /** A function type. */
      export interface Handle {
        remove(): void;
        later: () => void;
        readonly data: number;
      }
    `;
    const names = [
      'space.spread',
      'space.inner.call',
      'space.inner.read',
      'space.inner.plain',
      'space.named',
      'Handle.remove',
      'Handle.later',
    ];
    assert.deepEqual(found({ 'ts/index.ts': index }).map(nameOf).sort(), names.sort());
  });

  it('takes members that are explained, here or where they come from, and those that no user sees', () => {
    const index = `
      import { generated } from './generated';
      /** A module. */
      export abstract class Module {
        /** Computes. */
        abstract forward(): void;
      }
      interface Closable {
        /** Ends it. */
        close(): void;
      }
      /** One kind. */
      export class Linear extends Module implements Closable {
        weight = 1;
        #hidden = 1;
        private concealed = 1;
        /** @internal */
        _handle = 1;
        constructor(readonly inFeatures: number) { super(); }
        forward(): void {}
        close(): void {}
        protected own(): void {}
        [Symbol.iterator](): void {}
      }
      /** Other names. */
      export const space = { generated, Linear, run: call, again: table };
      /** A call. */
      function call(): void {}
      /** Constants, explained as one. */
      export const table = { one: 1, two: { three: 3 } };
    `;
    const generated = `// DO NOT EDIT\n/** By a program. */\nexport const generated = { call: (): void => {} };\n`;
    assert.deepEqual(found({ 'ts/index.ts': index, 'ts/generated.ts': generated }), []);
  });

  it('finds nothing in this repository', function () {
    this.timeout(300_000);
    assert.deepEqual(checkDocs(repository), []);
  });
});
