/** Reads operator schemas as libtorch prints them: `aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`. */
import { TorchError } from '../../errors';

export interface SchemaParameter {
  readonly name: string;
  /** `name` in camelCase, the key in options of the typed surface. */
  readonly key: string;
  /** `Tensor`, `Scalar`, `int`, `float`, `bool`, `str`, `ScalarType`, `Device`, `Layout`, `MemoryFormat`, `Generator`, … */
  readonly base: string;
  readonly list: boolean;
  /** `int[2]`: a lone number stands for a list of two. */
  readonly listLength: number | null;
  readonly optional: boolean;
  readonly optionalElement: boolean;
  readonly keywordOnly: boolean;
  /** Written in place: `Tensor(a!)`. */
  readonly written: boolean;
  /** The default as the schema prints it. */
  readonly fallback: string | null;
}

export interface Schema {
  readonly text: string;
  readonly namespace: string;
  readonly name: string;
  readonly overload: string;
  readonly parameters: readonly SchemaParameter[];
  /** How many parameters may be given by position. */
  readonly positional: number;
  /** How many arguments a call needs at the least: up to the last parameter without a default. */
  readonly required: number;
  /** Types of the results: `Tensor`, `Tensor[]`, `int`, … */
  readonly returns: readonly string[];
}

/** `rounding_mode` -> `roundingMode`; underscores at either end stay. */
export function camelCase(name: string): string {
  return name.replace(/(?<=[a-zA-Z0-9])_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Splits at commas outside of brackets and quotes. */
function splitList(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (quote) {
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if ('([{'.includes(letter)) depth++;
    else if (')]}'.includes(letter)) depth--;
    else if (letter === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  const last = text.slice(start).trim();
  return last ? [...parts, last] : parts;
}

// base, alias of the element, `?` of the element, list, alias of the list, `?` of the whole
const TYPE = /^(Dict\(.*\)|[\w.]+)(\([^)]*\))?(\?)?(\[\d*\])?(\([^)]*\))?(\?)?$/;

function parseParameter(text: string, keywordOnly: boolean): SchemaParameter {
  const match = /^(.*?) (\w+)(?:=(.*))?$/s.exec(text);
  if (!match) throw new TorchError(`the schema's parameter '${text}' is not understood`);
  // A type of another form (`str[][]`, a class) is taken whole: no argument from JavaScript fits it.
  const [, base, alias, inner, list, listAlias, outer] = TYPE.exec(match[1]!) ?? ['', match[1]!];
  return {
    name: match[2]!,
    key: camelCase(match[2]!),
    base: base!.replace(/^SymInt$/, 'int'),
    list: list !== undefined,
    listLength: list && list.length > 2 ? Number(list.slice(1, -1)) : null,
    optional: outer === '?' || (list === undefined && inner === '?'),
    optionalElement: list !== undefined && inner === '?',
    keywordOnly,
    written: `${alias ?? ''}${listAlias ?? ''}`.includes('!'),
    fallback: match[3] ?? null,
  };
}

function parseReturns(text: string): string[] {
  const inner = text.startsWith('(') ? splitList(text.slice(1, -1)) : [text];
  return inner.map((part) => part.replace(/\([^)]*\)/g, '').split(' ')[0]!).filter(Boolean);
}

export function parseSchema(text: string): Schema {
  const head = /^(\w+)::([\w]+)(?:\.(\w+))?\((.*)\) -> (.*)$/s.exec(text);
  if (!head) throw new TorchError(`the operator schema '${text}' is not understood`);
  const parameters: SchemaParameter[] = [];
  let keywordOnly = false;
  for (const part of splitList(head[4]!)) {
    if (part === '...') continue; // variadic operators of the JIT take nothing from here
    if (part === '*') keywordOnly = true;
    else parameters.push(parseParameter(part, keywordOnly));
  }
  return {
    text,
    namespace: head[1]!,
    name: head[2]!,
    overload: head[3] ?? '',
    parameters,
    positional: parameters.filter((parameter) => !parameter.keywordOnly).length,
    required: parameters.findLastIndex((parameter) => parameter.fallback === null) + 1,
    returns: parseReturns(head[5]!),
  };
}
