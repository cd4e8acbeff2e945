/**
 * A reader for Python's pickle format that runs no code: it knows the opcodes that Python's own `weights_only` reader takes
 * (torch/_weights_only_unpickler.py) and those of protocols 3 to 5 that hold strings and bytes, and builds objects only from
 * the constructors it is given. Format: CPython's Lib/pickletools.py.
 */
import { InputError } from '../../errors';
import type { Budget } from './budget';

/** A class or function that a pickle names, such as `collections.OrderedDict`. */
export class Global {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  get path(): string {
    return `${this.module}.${this.name}`;
  }

  /** For messages: what a hostile file may have made long, or full of control characters, shortened. */
  get shown(): string {
    return this.path.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
  }
}

/** Gives the object for a persistent id, such as a tensor's storage. */
export type PersistentLoad = (id: unknown) => unknown;

/** Calls the class or function that a pickle names; throws for one that is not known to be harmless. */
export type Construct = (callee: Global, args: readonly unknown[]) => unknown;

export interface UnpickleOptions {
  readonly label: string;
  readonly construct: Construct;
  readonly persistentLoad: PersistentLoad;
  /** Pays for what a few bytes of the pickle can ask for again and again. */
  readonly budget: Budget;
}

const MARK = Symbol('mark');

/** Python's dict: an object when every key is a string or a number, else a Map. */
export class PickledDict {
  readonly entries = new Map<unknown, unknown>();

  /**
   * @param convert makes JavaScript's value of a key or an item
   * @param announce hears of the container before its items are converted, since they may hold it
   */
  convert(convert: (value: unknown) => unknown, announce: (made: object) => void): object {
    const isObject = [...this.entries.keys()].every((key) => typeof key === 'string' || typeof key === 'number');
    if (!isObject) {
      const map = new Map<unknown, unknown>();
      announce(map);
      for (const [key, value] of this.entries) map.set(convert(key), convert(value));
      return map;
    }
    const made: Record<string, unknown> = {};
    announce(made);
    for (const [key, value] of this.entries) {
      // `made[key] = …` would take '__proto__' for the prototype.
      Object.defineProperty(made, key as string, {
        value: convert(value),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return made;
  }
}

/** An object of attributes, such as argparse's Namespace. */
export class PickledObject extends PickledDict {}

export class Unpickler {
  #position: number;
  #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  readonly #bytes: Buffer;
  readonly #options: UnpickleOptions;

  constructor(bytes: Buffer, options: UnpickleOptions, start = 0) {
    this.#bytes = bytes;
    this.#options = options;
    this.#position = start;
  }

  /** Where the pickle ended. */
  get end(): number {
    return this.#position;
  }

  /** @throws InputError for a damaged pickle and for one that names what may not be called */
  load(): unknown {
    for (;;) {
      const opcode = this.take(1).readUInt8();
      if (opcode === 0x2e) return this.pop(); // STOP
      this.#step(opcode);
    }
  }

  #step(opcode: number): void {
    const action = ACTIONS[opcode];
    const name = REFUSED[opcode];
    if (name !== undefined)
      throw this.damaged(
        `it has the opcode ${name} at byte ${this.#position - 1}, which torch.save does not write and weights_only refuses`,
      );
    if (!action)
      throw this.damaged(
        `it has the opcode 0x${opcode.toString(16)} at byte ${this.#position - 1}, which holds no plain data`,
      );
    action(this);
  }

  /** @internal the primitives that the opcodes are made of */
  take(count: number): Buffer {
    if (count < 0 || this.#position + count > this.#bytes.length) throw this.damaged('it ends too early');
    this.#position += count;
    return this.#bytes.subarray(this.#position - count, this.#position);
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw this.damaged('it ends too early');
    const text = this.#bytes.toString('utf8', this.#position, end);
    this.#position = end + 1;
    return text;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  pop(): unknown {
    if (this.#stack.length === 0) throw this.damaged('its stack runs empty');
    return this.#stack.pop();
  }

  peek(): unknown {
    if (this.#stack.length === 0) throw this.damaged('its stack runs empty');
    return this.#stack[this.#stack.length - 1];
  }

  popToMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) throw this.damaged('it lacks a mark');
    const items = this.#stack.splice(at + 1);
    this.#stack.pop();
    return items;
  }

  tuple(count: number): void {
    const items = Array.from({ length: count }, () => this.pop()).reverse();
    this.push(items);
  }

  remember(index: number): void {
    this.#memo.set(index, this.peek());
  }

  memoize(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) throw this.damaged(`it refers to memo ${index}, which is not there`);
    this.push(this.#memo.get(index));
  }

  append(items: readonly unknown[]): void {
    const list = this.peek();
    // One by one: a call with a hundred thousand arguments overflows the stack.
    if (Array.isArray(list)) for (const item of items) list.push(item);
    else if (list instanceof Set) for (const item of items) list.add(item);
    else throw this.damaged('it appends to something that is no list');
  }

  setItems(items: readonly unknown[]): void {
    const dict = this.peek();
    if (!(dict instanceof PickledDict)) throw this.damaged('it sets items of something that is no dict');
    for (let i = 0; i + 1 < items.length; i += 2) dict.entries.set(items[i], items[i + 1]);
  }

  persistent(): void {
    this.push(this.#options.persistentLoad(this.pop()));
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(callee instanceof Global) || !Array.isArray(args)) throw this.damaged('it calls something that is no class');
    this.push(this.#options.construct(callee, args));
  }

  /** `object.__setstate__`, for the objects that are plain bags of attributes; what a dict has beside its items is left out. */
  build(): void {
    const state = this.pop();
    const target = this.peek();
    if (!(target instanceof PickledObject && state instanceof PickledDict)) return;
    this.#options.budget.spend(8 * state.entries.size);
    for (const [key, value] of state.entries) target.entries.set(key, value);
  }

  damaged(why: string): InputError {
    return new InputError(`${this.#options.label} cannot be read as a PyTorch checkpoint: ${why}.`);
  }
}

function int64(bytes: Buffer): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (bytes.length > 0 && bytes[bytes.length - 1]! & 0x80) value -= 1n << BigInt(8 * bytes.length);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const uint32 = (p: Unpickler): number => p.take(4).readUInt32LE();
const uint64 = (p: Unpickler): number => Number(p.take(8).readBigUInt64LE());
const text = (p: Unpickler, bytes: number): void => p.push(p.take(bytes).toString('utf8'));
const binary = (p: Unpickler, bytes: number): void => p.push(Uint8Array.from(p.take(bytes)));

function stackGlobal(p: Unpickler): void {
  const name = p.pop();
  const module = p.pop();
  // A list of lists would be written out as text, and that of a few bytes can be longer than any memory.
  if (typeof name !== 'string' || typeof module !== 'string')
    throw p.damaged('it names a class by something that is no text');
  p.push(new Global(module, name));
}

// By opcode, in the order of pickletools; the comment is Python's name.
const ACTIONS: Readonly<Record<number, (p: Unpickler) => void>> = {
  0x80: (p) => void p.take(1), // PROTO
  0x95: (p) => void p.take(8), // FRAME
  0x28: (p) => p.push(MARK), // MARK
  0x4e: (p) => p.push(null), // NONE
  0x88: (p) => p.push(true), // NEWTRUE
  0x89: (p) => p.push(false), // NEWFALSE
  0x4a: (p) => p.push(p.take(4).readInt32LE()), // BININT
  0x4b: (p) => p.push(p.take(1).readUInt8()), // BININT1
  0x4d: (p) => p.push(p.take(2).readUInt16LE()), // BININT2
  0x8a: (p) => p.push(int64(p.take(p.take(1).readUInt8()))), // LONG1
  0x47: (p) => p.push(p.take(8).readDoubleBE()), // BINFLOAT
  0x58: (p) => text(p, uint32(p)), // BINUNICODE
  0x8c: (p) => text(p, p.take(1).readUInt8()), // SHORT_BINUNICODE
  0x8d: (p) => text(p, uint64(p)), // BINUNICODE8
  0x55: (p) => text(p, p.take(1).readUInt8()), // SHORT_BINSTRING
  0x42: (p) => binary(p, uint32(p)), // BINBYTES
  0x43: (p) => binary(p, p.take(1).readUInt8()), // SHORT_BINBYTES
  0x8e: (p) => binary(p, uint64(p)), // BINBYTES8
  0x5d: (p) => p.push([]), // EMPTY_LIST
  0x61: (p) => p.append([p.pop()]), // APPEND
  0x65: (p) => p.append(p.popToMark()), // APPENDS
  0x29: (p) => p.push([]), // EMPTY_TUPLE
  0x74: (p) => p.push(p.popToMark()), // TUPLE
  0x85: (p) => p.tuple(1), // TUPLE1
  0x86: (p) => p.tuple(2), // TUPLE2
  0x87: (p) => p.tuple(3), // TUPLE3
  0x7d: (p) => p.push(new PickledDict()), // EMPTY_DICT
  0x73: (p) => {
    const value = p.pop();
    p.setItems([p.pop(), value]);
  }, // SETITEM
  0x75: (p) => p.setItems(p.popToMark()), // SETITEMS
  0x8f: (p) => p.push(new Set()), // EMPTY_SET
  0x90: (p) => p.append(p.popToMark()), // ADDITEMS
  0x71: (p) => p.remember(p.take(1).readUInt8()), // BINPUT
  0x72: (p) => p.remember(uint32(p)), // LONG_BINPUT
  0x94: (p) => p.memoize(), // MEMOIZE
  0x68: (p) => p.recall(p.take(1).readUInt8()), // BINGET
  0x6a: (p) => p.recall(uint32(p)), // LONG_BINGET
  0x63: (p) => p.push(new Global(p.line(), p.line())), // GLOBAL
  0x93: stackGlobal, // STACK_GLOBAL
  0x51: (p) => p.persistent(), // BINPERSID
  0x52: (p) => p.reduce(), // REDUCE
  0x81: (p) => p.reduce(), // NEWOBJ
  0x62: (p) => p.build(), // BUILD
};

// What weights_only refuses as well: text that is as long as it likes (a number of a million digits takes minutes to read),
// objects of any class, and what only other writers of pickles have.
const REFUSED: Readonly<Record<number, string>> = {
  0x8b: 'LONG4',
  0x49: 'INT',
  0x4c: 'LONG',
  0x46: 'FLOAT',
  0x56: 'UNICODE',
  0x53: 'STRING',
  0x54: 'BINSTRING',
  0x70: 'PUT',
  0x67: 'GET',
  0x6c: 'LIST',
  0x64: 'DICT',
  0x30: 'POP',
  0x31: 'POP_MARK',
  0x32: 'DUP',
  0x91: 'FROZENSET',
  0x50: 'PERSID',
  0x69: 'INST',
  0x6f: 'OBJ',
  0x92: 'NEWOBJ_EX',
  0x82: 'EXT1',
  0x83: 'EXT2',
  0x84: 'EXT4',
  0x96: 'BYTEARRAY8',
  0x97: 'NEXT_BUFFER',
  0x98: 'READONLY_BUFFER',
};
