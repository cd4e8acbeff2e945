import { InputError } from '../../errors';
import { Module } from '../module';
import { expected } from '../../options';

/** The ordered, named modules that a container holds. */
export class NamedModules<T extends Module> {
  readonly #modules = new Map<string, T>();

  constructor(private readonly owner: string) {}

  get size(): number {
    return this.#modules.size;
  }

  has(name: string): boolean {
    return this.#modules.has(name);
  }

  set(name: string, module: T): void {
    if (name === '' || name.includes('.'))
      throw new InputError(`${this.owner}: a module's name must not be empty or hold a dot, got "${name}".`);
    if (!(module instanceof Module)) throw expected(this.owner, `a Module for "${name}"`, module, '', InputError);
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
        `${this.owner}: expected a whole number from ${-size} to ${size} to insert at, got ${String(index)}.`,
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
      throw new InputError(`${this.owner} has no module at ${String(index)}: expected ${range}.`);
    }
    return name;
  }
}
