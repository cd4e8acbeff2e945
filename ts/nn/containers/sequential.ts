import type { Tensor } from '../../tensor';
import type { Copier } from '../deep-copy';
import { Module, type Layer } from '../module';
import { NamedModules } from './named-modules';
import { entriesOf } from '../../options';

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
