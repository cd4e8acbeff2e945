import { TorchError } from '../../errors';
import type { Copier } from '../deep-copy';
import { Module } from '../module';
import { NamedModules } from './named-modules';
import { entriesOf } from '../../options';

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
