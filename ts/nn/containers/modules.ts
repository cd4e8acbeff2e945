/** Modules that hold others by name or place: Sequential, ModuleList, ModuleDict. */
import { InputError, TorchError } from '../../errors';
import { Module, type Layer } from '../module';
import { expected, entriesOf, itemsOf } from '../../options';
import type { Tensor } from '../../tensor';
import type { Copier } from '../deep-copy';
import { indent } from '../python-repr';

/** The ordered, named modules that a container holds. */
class NamedModules<T extends Module> {
  readonly #modules = new Map<string, T>();
  readonly #owner: string;

  constructor(owner: string) {
    this.#owner = owner;
  }

  get size(): number {
    return this.#modules.size;
  }

  has(name: string): boolean {
    return this.#modules.has(name);
  }

  set(name: string, module: T): void {
    if (name === '' || name.includes('.'))
      throw new InputError(`${this.#owner}: a module's name must not be empty or hold a dot, got "${name}".`);
    if (!(module instanceof Module)) throw expected(this.#owner, `a Module for "${name}"`, module, '', InputError);
    this.#modules.set(name, module);
  }

  delete(name: string): boolean {
    return this.#modules.delete(name);
  }

  at(index: number | string): T {
    const name = this.#name(index);
    return this.#modules.get(name) as T;
  }

  replace(index: number | string, module: T): void {
    this.set(this.#name(index), module);
  }

  /** Puts a module before the one at a place and names all by their places, as Python's lists of modules do. */
  insert(index: number, module: T): void {
    const { size } = this;
    if (!Number.isInteger(index) || index > size || index < -size)
      throw new InputError(
        `${this.#owner}: expected a whole number from ${-size} to ${size} to insert at, got ${String(index)}.`,
      );
    this.set(`${size}+`, module); // refuses what is no module
    this.#modules.delete(`${size}+`);
    this.#number([...this.#modules.values()].toSpliced(index, 0, module));
  }

  /** Takes a module out of a list and names what is left by its places. */
  pop(index: number | string): T {
    const module = this.at(index);
    this.#modules.delete(this.#name(index));
    this.#number([...this.#modules.values()]);
    return module;
  }

  clear(): void {
    this.#modules.clear();
  }

  #number(modules: readonly T[]): void {
    this.#modules.clear();
    modules.forEach((module, index) => this.#modules.set(String(index), module));
  }

  entries(): MapIterator<[string, T]> {
    return this.#modules.entries();
  }

  values(): MapIterator<T> {
    return this.#modules.values();
  }

  #name(index: number | string): string {
    const name = typeof index === 'number' ? [...this.#modules.keys()].at(index) : index;
    if (name === undefined || !this.#modules.has(name)) {
      const range =
        typeof index === 'number' ? `a place below ${this.size}` : `one of ${[...this.#modules.keys()].join(', ')}`;
      throw new InputError(`${this.#owner} has no module at ${String(index)}: expected ${range}.`);
    }
    return name;
  }
}

/**
 * Layers one after the other. Takes them as arguments (keys `0`, `1`, …) or by name:
 * `new Sequential({ conv: new Conv2d(3, 8, 3), act: new ReLU() })`.
 */
export class Sequential extends Module {
  readonly #layers = new NamedModules<Layer>('Sequential');

  constructor(named: Readonly<Record<string, Layer>>);
  constructor(...layers: Layer[]);
  constructor(...layers: (Layer | Readonly<Record<string, Layer>>)[]) {
    super();
    const [first] = layers;
    if (layers.length === 1 && first !== undefined && !(first instanceof Module)) {
      for (const [name, layer] of entriesOf('Sequential', 'layers, or an object of layers by their names', first))
        this.#layers.set(name, layer);
    } else {
      this.append(...(layers as Layer[]));
    }
  }

  /** Adds layers at the end, named by their place. */
  append(...layers: Layer[]): this {
    for (const layer of layers) this.#layers.set(String(this.#layers.size), layer);
    return this;
  }

  /** Number of layers. */
  get length(): number {
    return this.#layers.size;
  }

  /** The layer at a place (from the end when negative) or of a name. */
  at(index: number | string): Layer {
    return this.#layers.at(index);
  }

  /** Puts another layer in the place of one. */
  replace(index: number | string, layer: Layer): void {
    this.#layers.replace(index, layer);
  }

  /** Puts a module before the one at a place, from the end when negative; those behind it move up. */
  insert(index: number, module: Layer): this {
    this.#layers.insert(index, module);
    return this;
  }

  /** Takes out the module at a place or of a name; those behind it move down. */
  pop(index: number | string): Layer {
    return this.#layers.pop(index);
  }

  /** Adds layers at the end, named by their place. */
  extend(layers: Iterable<Layer>): this {
    return this.append(...layers);
  }

  /** The layers from one place up to another, as arrays have it, under their names; the layers are the same. */
  slice(start?: number, end?: number): Sequential {
    return new Sequential(Object.fromEntries([...this.#layers.entries()].slice(start, end)));
  }

  [Symbol.iterator](): Iterator<Layer> {
    return this.#layers.values();
  }

  protected override members(): Iterable<readonly [string, Module]> {
    return this.#layers.entries();
  }

  protected override emptyCopy(copy: Copier): this {
    const layers = Object.fromEntries(Array.from(this.#layers.entries(), ([name, layer]) => [name, copy(layer)]));
    return Reflect.construct(Sequential, [layers], this.constructor as new () => this) as this;
  }

  forward(input: Tensor): Tensor {
    let output = input;
    for (const layer of this) output = layer.forward(output);
    return output;
  }
}

/** An array of modules whose parameters belong to the module that holds it. It has no forward of its own. */
export class ModuleList<T extends Module = Module> extends Module {
  readonly #items = new NamedModules<T>('ModuleList');

  constructor(modules: Iterable<T> = []) {
    super();
    this.extend(modules);
  }

  /** Adds a module at the end. */
  append(module: T): this {
    this.#items.set(String(this.#items.size), module);
    return this;
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<T>): this {
    for (const module of itemsOf('ModuleList', 'an iterable of modules', modules)) this.append(module);
    return this;
  }

  /** Number of modules. */
  get length(): number {
    return this.#items.size;
  }

  /** The module at a place, from the end when negative. */
  at(index: number): T {
    return this.#items.at(index);
  }

  /** Puts another module in the place of one. */
  replace(index: number, module: T): void {
    this.#items.replace(index, module);
  }

  /** Puts a module before the one at a place, from the end when negative; those behind it move up. */
  insert(index: number, module: T): this {
    this.#items.insert(index, module);
    return this;
  }

  /** Takes out the module at a place, by default the last; those behind it move down. */
  pop(index: number = -1): T {
    return this.#items.pop(index);
  }

  /** A list of the modules from one place up to another, as arrays have it; the modules are the same. */
  slice(start?: number, end?: number): ModuleList<T> {
    return new ModuleList([...this].slice(start, end));
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }

  protected override members(): Iterable<readonly [string, T]> {
    return this.#items.entries();
  }

  protected override emptyCopy(copy: Copier): this {
    return Reflect.construct(
      ModuleList,
      [Array.from(this, (item) => copy(item))],
      this.constructor as new () => this,
    ) as this;
  }

  forward(): never {
    throw new TorchError('ModuleList has no forward: call the forward of its items.');
  }

  /** Neighbours that print the same stand on one line: `(0-11): 12 x Block(…)`. */
  protected override childLines(): string[] {
    const runs: { first: number; count: number; text: string }[] = [];
    for (const [index, item] of [...this].entries()) {
      const text = item.toString();
      const last = runs.at(-1);
      if (last?.text === text) last.count++;
      else runs.push({ first: index, count: 1, text });
    }
    return runs.map(({ first, count, text }) =>
      indent(count === 1 ? `(${first}): ${text}` : `(${first}-${first + count - 1}): ${count} x ${text}`),
    );
  }
}

/** Modules by name whose parameters belong to the module that holds it. It has no forward of its own. */
export class ModuleDict<T extends Module = Module> extends Module {
  readonly #items = new NamedModules<T>('ModuleDict');

  constructor(modules: Readonly<Record<string, T>> = {}) {
    super();
    for (const [name, module] of entriesOf('ModuleDict', 'modules by their names', modules)) this.set(name, module);
  }

  /**
   * Puts a module under a name, at the end when the name is new.
   * @throws InputError for an empty name or one with a dot, or for what is no module
   */
  set(name: string, module: T): this {
    this.#items.set(name, module);
    return this;
  }

  /** The module of a name that is there. */
  get(name: string): T {
    return this.#items.at(name);
  }

  /** Whether there is a module of this name. */
  has(name: string): boolean {
    return this.#items.has(name);
  }

  /**
   * Takes a module out.
   * @returns whether it was there
   */
  delete(name: string): boolean {
    return this.#items.delete(name);
  }

  /** Number of modules. */
  get size(): number {
    return this.#items.size;
  }

  /** Names, in the order in which they were first set. */
  keys(): string[] {
    return Array.from(this.#items.entries(), ([name]) => name);
  }

  /** Takes a module out and gives it. */
  pop(name: string): T {
    const found = this.get(name);
    this.#items.delete(name);
    return found;
  }

  /** Puts in each module of an object, of pairs or of another ModuleDict, over those of the same name. */
  update(values: Readonly<Record<string, T>> | Iterable<readonly [string, T]>): this {
    for (const [name, value] of Symbol.iterator in values ? values : Object.entries(values)) this.set(name, value);
    return this;
  }

  /** Takes all out. */
  clear(): void {
    this.#items.clear();
  }

  /** The modules, in the order of {@link keys}. */
  values(): T[] {
    return [...this.#items.values()];
  }

  /** Names with their modules, in the order of {@link keys}. */
  items(): [string, T][] {
    return [...this];
  }

  [Symbol.iterator](): Iterator<[string, T]> {
    return this.#items.entries();
  }

  protected override members(): Iterable<readonly [string, T]> {
    return this.#items.entries();
  }

  protected override emptyCopy(copy: Copier): this {
    const items = Object.fromEntries(Array.from(this, ([name, item]) => [name, copy(item)]));
    return Reflect.construct(ModuleDict, [items], this.constructor as new () => this) as this;
  }

  forward(): never {
    throw new TorchError('ModuleDict has no forward: call the forward of its items.');
  }
}
