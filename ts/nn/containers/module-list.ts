import { TorchError } from '../../errors';
import type { Copier } from '../deep-copy';
import { Module } from '../module';
import { indent } from '../python-repr';
import { NamedModules } from './named-modules';
import { itemsOf } from '../../options';

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
