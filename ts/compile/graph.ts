/**
 * What a forward computes, as a list of operators: each reads values and gives values. Passes (passes/) rewrite it, and emit.ts
 * makes of it what native code runs.
 */
import { operator, type Operator } from '../tensor/operators/operator';
import type { Complex } from '../tensor/types/dtype';
import type { DType, Tensor } from '../tensor';

/** A tensor of the graph. */
export class Value {
  constructor(
    readonly id: number,
    /** Where it comes from: the caller, a tensor that exists without the graph, or a node. */
    readonly origin: 'input' | 'constant' | 'made',
    readonly dtype: DType,
    readonly shape: readonly number[],
    /** As it was recorded; empty where a pass made it. */
    readonly strides: readonly number[] = [],
    /** The number of its memory: views have that of their base. */
    readonly storage: number = -1,
    /** Of a constant. */
    readonly constant: Tensor | null = null,
    /** A constant that the forward made of JavaScript data. */
    readonly fresh: boolean = false,
  ) {}

  toString(): string {
    return `%${this.id}`;
  }
}

/** A number that is no integer, though it may be a whole one. */
export interface Float {
  readonly float: number;
}

export type Argument = Value | Float | Complex | number | bigint | boolean | string | null | readonly Argument[];

/** A call of an operator. */
export class Node {
  /** It is computed at each run, even if all arguments are constants. */
  always = false;

  constructor(
    readonly operator: Operator,
    /** One for each parameter of the schema. */
    public args: Argument[],
    /** Null for what the operator does not give. */
    readonly results: (Value | null)[],
    /** Path of the module that called it. */
    readonly module = '',
    /** What the operator must give for the graph to hold: JavaScript has chosen by it. */
    readonly guard?: boolean,
  ) {}

  /** `aten::linear`, with the overload where there is one: `aten::add.Tensor`. */
  get name(): string {
    return this.operator.qualifiedName;
  }

  /** The argument of a parameter; undefined where the operator has no such parameter. */
  arg(name: string): Argument | undefined {
    const index = this.operator.schema.parameters.findIndex((parameter) => parameter.name === name);
    return index < 0 ? undefined : this.args[index];
  }

  /** The one result. */
  get result(): Value {
    return this.results[0]!;
  }

  /** The values among the arguments, each as often as it stands there. */
  get values(): Value[] {
    return valuesIn(this.args);
  }

  /** The values that it writes to. */
  get written(): Value[] {
    return this.operator.schema.parameters.flatMap(({ written }, i) => (written ? valuesIn([this.args[i]!]) : []));
  }

  /** Whether it reads, gives or writes to a value of one of these storages. */
  touches(storages: ReadonlySet<number>): boolean {
    return [...this.values, ...this.results].some((value) => value !== null && storages.has(value.storage));
  }

  /** Puts `to` in the place of `from`, which it may also give: an operator gives what it has written to. */
  replace(from: Value, to: Value): void {
    for (const [i, result] of this.results.entries()) if (result === from) this.results[i] = to;
    this.args = this.args.map((arg) => replaced(arg, from, to));
  }

  toString(): string {
    const { parameters } = this.operator.schema;
    const args = this.args.map(
      (arg, i) => `${i > 0 && !(arg instanceof Value) ? `${parameters[i]!.name}=` : ''}${show(arg)}`,
    );
    const call = `${this.name}(${args.join(', ')})`;
    const origin = this.module === '' ? '' : `  # ${this.module}`;
    if (this.guard !== undefined) return `guard ${call} == ${this.guard}${origin}`;
    return `${this.results.map((value) => (value ? typed(value) : '_')).join(', ')} = ${call}${origin}`;
  }
}

export class Graph {
  #lastId: number;

  constructor(
    public nodes: Node[],
    readonly inputs: readonly Value[],
    public outputs: Value[],
    lastId: number,
  ) {
    this.#lastId = lastId;
  }

  /** A value that a new node gives. */
  value(dtype: DType, shape: readonly number[], strides?: readonly number[], storage?: number): Value {
    return new Value(++this.#lastId, 'made', dtype, shape, strides, storage);
  }

  /** The node that gives each value. */
  producers(): Map<Value, Node> {
    const producers = new Map<Value, Node>();
    for (const node of this.nodes)
      for (const value of node.results) if (value && !producers.has(value)) producers.set(value, node);
    return producers;
  }

  /** The nodes that read each value, in their order; one that reads it twice stands there twice. */
  readers(): Map<Value, Node[]> {
    const readers = new Map<Value, Node[]>();
    for (const node of this.nodes)
      for (const value of node.values) {
        const known = readers.get(value);
        if (known) known.push(node);
        else readers.set(value, [node]);
      }
    return readers;
  }

  /** Who reads each value last: a node, or the caller. */
  lastReaders(): Map<Value, Node | 'caller'> {
    const last = new Map<Value, Node | 'caller'>();
    for (const node of this.nodes) for (const value of node.values) last.set(value, node);
    for (const value of this.outputs) last.set(value, 'caller');
    return last;
  }

  /** How often each value is read, as an output too. */
  uses(): Map<Value, number> {
    const uses = new Map<Value, number>();
    for (const value of [...this.nodes.flatMap((node) => node.values), ...this.outputs])
      uses.set(value, (uses.get(value) ?? 0) + 1);
    return uses;
  }

  /** Storages that a node writes to: what reads or gives one of their values must stay as it is, in its order. */
  written(): Set<number> {
    const storages = this.nodes.flatMap((node) => node.written.map(({ storage }) => storage));
    return new Set(storages.filter((storage) => storage >= 0));
  }

  /** Puts `to` in the place of `from` from a node on. */
  replace(from: Value, to: Value, start = 0): void {
    for (const node of this.nodes.slice(start)) node.replace(from, to);
    this.outputs = this.outputs.map((output) => (output === from ? to : output));
  }

  /** One line a node. */
  toString(): string {
    const inputs = this.inputs.map(typed).join(', ');
    return [`inputs ${inputs}`, ...this.nodes.map(String), `outputs ${this.outputs.join(', ')}`].join('\n');
  }
}

/** A node by the name of its operator, `aten::mul.Tensor`; arguments that are left out are the schema's defaults. */
export function makeNode(name: string, args: Argument[], results: Value[], module = ''): Node {
  return new Node(operatorNamed(name), args, results, module);
}

function operatorNamed(name: string): Operator {
  const [, namespace, base, overload] = /^(\w+)::(\w+)(?:\.(\w+))?$/.exec(name)!;
  return operator(namespace!, base!, overload);
}

/** The values in arguments, lists included. */
function valuesIn(args: readonly Argument[]): Value[] {
  return args.flatMap((arg) => (arg instanceof Value ? [arg] : Array.isArray(arg) ? valuesIn(arg as Argument[]) : []));
}

function replaced(arg: Argument, from: Value, to: Value): Argument {
  if (arg === from) return to;
  return Array.isArray(arg) ? (arg as Argument[]).map((item) => replaced(item, from, to)) : arg;
}

function typed({ id, dtype, shape }: Value): string {
  return `%${id}: ${dtype}[${shape.join(', ')}]`;
}

function show(arg: Argument): string {
  if (arg instanceof Value) return arg.origin === 'constant' ? `c${arg.id}` : String(arg);
  if (Array.isArray(arg)) return `[${(arg as Argument[]).map(show).join(', ')}]`;
  if (typeof arg === 'string') return `'${arg}'`;
  if (typeof arg !== 'object' || arg === null) return String(arg);
  return 'float' in arg ? String((arg as Float).float) : JSON.stringify(arg);
}

/** A number, whether it was recorded as an integer or not; undefined for anything else. */
export function numberOf(arg: Argument | undefined): number | undefined {
  if (typeof arg === 'number') return arg;
  return typeof arg === 'object' && arg !== null && 'float' in arg ? (arg as Float).float : undefined;
}
