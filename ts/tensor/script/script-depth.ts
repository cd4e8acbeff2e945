/**
 * How deep the code and the values of a TorchScript file are nested. libtorch reads both by recursion, and a stack that
 * overflows ends the process; CPython's own parser stops at the same depths.
 */
import { InputError } from '../../errors';

/** Brackets inside one another. */
const MOST_BRACKETS = 200;
/** Blocks inside one another. */
const MOST_INDENTATION = 100;
/** Operators of one expression, brackets around it included; branches of one `if`. */
const MOST_STEPS = 1000;
/** Containers inside one another. */
const MOST_CONTAINERS = 1000;

/** @throws InputError for code or values that are nested deeper than any module's */
export function requireShallow(records: readonly (readonly [name: string, content: Buffer])[], label: string): void {
  for (const [name, content] of records) {
    const why = name.endsWith('.py') ? codeProblem(content.toString('latin1')) : pickleProblem(content);
    if (why)
      throw new InputError(
        `${label}: expected a TorchScript module, found ${why} in ${name.slice(-100)}; the file is damaged, or made to end the process.`,
      );
  }
}

/** A string counts as one token, a comment as none; what is left are names, numbers, brackets and operators. */
const TOKEN =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|\n[ ]*|\b(?:and|or|not|if|else|elif|in|is)\b|\w+|[ \t\r]+|[^]/g;

function codeProblem(code: string): string | undefined {
  const steps = [0];
  const blocks = [0];
  let branches = 0;
  for (const [token] of code.matchAll(TOKEN)) {
    const first = token[0]!;
    if (first === '\n' && steps.length === 1) {
      const width = token.length - 1;
      while (blocks.length > 1 && blocks.at(-1)! >= width) blocks.pop();
      if (width > blocks.at(-1)!) blocks.push(width);
      steps[0] = 0;
    } else if ('([{'.includes(first)) steps.push(0);
    else if (')]}'.includes(first)) {
      if (steps.length > 1) steps.pop();
      steps[steps.length - 1]!++;
    } else if (first === ',' || first === ';') steps[steps.length - 1] = 0;
    else if ('+-*/%<>=!&|^~.@'.includes(first) || /^(and|or|not|if|else|in|is)$/.test(token))
      steps[steps.length - 1]!++;
    else if (token === 'elif') branches++;
    if (steps.length > MOST_BRACKETS) return `more than ${MOST_BRACKETS} brackets inside one another`;
    if (blocks.length > MOST_INDENTATION) return `more than ${MOST_INDENTATION} blocks inside one another`;
    if (steps.at(-1)! > MOST_STEPS || branches > MOST_STEPS) return `an expression of more than ${MOST_STEPS} steps`;
  }
  return undefined;
}

const MARK = -1;

/** Reads the bytes after each opcode of libtorch's pickles (torch/csrc/jit/serialization/pickler.h), and what it does to depths. */
class DepthReader {
  readonly #stack: number[] = [];
  readonly #memo = new Map<number, number>();
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The greatest depth, up to where it is no pickle; libtorch then says what is wrong. */
  deepest(): number {
    let deepest = 0;
    while (this.#at < this.#bytes.length) {
      const opcode = String.fromCharCode(this.#bytes[this.#at++]!);
      if (opcode === '.') return deepest;
      if (!this.#step(opcode)) return deepest;
      deepest = Math.max(deepest, this.#stack.at(-1) ?? 0);
    }
    return deepest;
  }

  #step(opcode: string): boolean {
    if (opcode in SIMPLE) return this.#push(0, SIMPLE[opcode]!);
    switch (opcode) {
      case '\x80':
        return this.#skip(1); // PROTO
      case '(':
        return this.#push(MARK, 0); // MARK
      case ']':
      case ')':
      case '}':
        return this.#push(1, 0); // EMPTY_LIST, EMPTY_TUPLE, EMPTY_DICT
      case 'X':
        return this.#push(0, 4 + this.#number(4)); // BINUNICODE
      case '\x8a':
        return this.#push(0, 1 + this.#number(1)); // LONG1
      case 'c':
        return this.#push(0, this.#lines(2)); // GLOBAL
      case 'q':
        return this.#remember(1); // BINPUT
      case 'r':
        return this.#remember(4); // LONG_BINPUT
      case 'h':
        return this.#recall(1); // BINGET
      case 'j':
        return this.#recall(4); // LONG_BINGET
      case 'Q':
        return this.#join(1); // BINPERSID
      case '\x85':
        return this.#join(1); // TUPLE1
      case '\x86':
      case 'R':
      case '\x81':
        return this.#join(2); // TUPLE2, REDUCE, NEWOBJ
      case 'b':
      case 'a':
        return this.#join(2); // BUILD, APPEND
      case '\x87':
      case 's':
        return this.#join(3); // TUPLE3, SETITEM
      case 't':
        return this.#joinMarked(0); // TUPLE
      case 'e':
      case 'u':
        return this.#joinMarked(1); // APPENDS, SETITEMS
      default:
        return false;
    }
  }

  #number(bytes: number): number {
    return this.#at + bytes <= this.#bytes.length ? this.#bytes.readUIntLE(this.#at, bytes) : this.#bytes.length;
  }

  #lines(count: number): number {
    let end = this.#at;
    for (let line = 0; line < count; line++) {
      const next = this.#bytes.indexOf(0x0a, end);
      end = next < 0 ? this.#bytes.length : next + 1;
    }
    return end - this.#at;
  }

  #skip(bytes: number): boolean {
    this.#at += bytes;
    return true;
  }

  #push(depth: number, bytes: number): boolean {
    this.#stack.push(depth);
    return this.#skip(bytes);
  }

  #remember(bytes: number): boolean {
    this.#memo.set(this.#number(bytes), this.#stack.at(-1) ?? 0);
    return this.#skip(bytes);
  }

  #recall(bytes: number): boolean {
    return this.#push(this.#memo.get(this.#number(bytes)) ?? 0, bytes);
  }

  /** Some values become one around them. */
  #join(count: number): boolean {
    const parts = this.#stack.splice(Math.max(0, this.#stack.length - count));
    this.#stack.push(1 + Math.max(0, ...parts));
    return parts.length === count;
  }

  /** All values down to the mark become one, with `below` more under the mark. */
  #joinMarked(below: number): boolean {
    let deepest = 0;
    for (let depth = this.#stack.pop(); depth !== MARK; depth = this.#stack.pop()) {
      if (depth === undefined) return false;
      deepest = Math.max(deepest, depth);
    }
    for (let i = 0; i < below; i++) deepest = Math.max(deepest, (this.#stack.pop() ?? 0) - 1);
    this.#stack.push(deepest + 1);
    return true;
  }
}

/** NONE, NEWTRUE, NEWFALSE, BININT, BININT1, BININT2, BINFLOAT. */
const SIMPLE: Readonly<Record<string, number>> = { N: 0, '\x88': 0, '\x89': 0, J: 4, K: 1, M: 2, G: 8 };

function pickleProblem(content: Buffer): string | undefined {
  return new DepthReader(content).deepest() > MOST_CONTAINERS
    ? `more than ${MOST_CONTAINERS} values inside one another`
    : undefined;
}
