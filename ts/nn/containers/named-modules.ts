import { InputError } from '../../errors';
import { Module } from '../module';

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
    if (!(module instanceof Module)) throw new InputError(`${this.owner} holds modules, got ${typeof module} for "${name}".`);
    this.#modules.set(name, module);
  }

  delete(name: string): boolean {
    return this.#modules.delete(name);
  }

  at(place: number | string): T {
    const name = this.#name(place);
    return this.#modules.get(name) as T;
  }

  replace(place: number | string, module: T): void {
    this.set(this.#name(place), module);
  }

  entries(): MapIterator<[string, T]> {
    return this.#modules.entries();
  }

  values(): MapIterator<T> {
    return this.#modules.values();
  }

  #name(place: number | string): string {
    const name = typeof place === 'number' ? [...this.#modules.keys()].at(place) : place;
    if (name === undefined || !this.#modules.has(name)) {
      const range = typeof place === 'number' ? `a place below ${this.size}` : `one of ${[...this.#modules.keys()].join(', ')}`;
      throw new InputError(`${this.owner} has no module at ${String(place)}: expected ${range}.`);
    }
    return name;
  }
}
