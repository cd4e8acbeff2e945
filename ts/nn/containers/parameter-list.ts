import { InputError, TorchError } from '../../errors';
import type { Tensor } from '../../tensor';
import type { Copier } from '../deep-copy';
import { Module } from '../module';
import type { Parameter } from '../parameter';
import { asParameter, parameterLine } from './parameter-dict';

/** An array of parameters that belong to the module that holds it; a plain tensor becomes a parameter. It has no forward. */
export class ParameterList extends Module {
  readonly #items: Parameter[] = [];

  constructor(values: Iterable<Tensor> = []) {
    super();
    this.extend(values);
  }

  /** Adds a parameter at the end. */
  append(value: Tensor): this {
    this.#items.push(asParameter(value));
    return this;
  }

  /** Adds parameters at the end. */
  extend(values: Iterable<Tensor>): this {
    for (const value of values) this.append(value);
    return this;
  }

  /** Number of parameters. */
  get length(): number {
    return this.#items.length;
  }

  /** The parameter at a place, from the end when negative. */
  at(place: number): Parameter {
    return this.#items[this.#place(place)]!;
  }

  /** Puts another parameter in the place of one. */
  replace(place: number, value: Tensor): void {
    this.#items[this.#place(place)] = asParameter(value);
  }

  #place(place: number): number {
    const { length } = this.#items;
    if (!Number.isInteger(place) || place >= length || place < -length)
      throw new InputError(`ParameterList has no parameter at ${place}: expected a place below ${length}.`);
    return place < 0 ? place + length : place;
  }

  [Symbol.iterator](): Iterator<Parameter> {
    return this.#items.values();
  }

  protected override members(): Iterable<readonly [string, Parameter]> {
    return this.#items.map((parameter, place) => [String(place), parameter] as const);
  }

  protected override setMember(name: string, value: Tensor): void {
    this.#items[this.#place(Number(name))] = value as Parameter; // as it is: a functional call puts plain tensors here for a while
  }

  protected override emptyCopy(copy: Copier): this {
    return Reflect.construct(ParameterList, [this.#items.map((item) => copy(item))], this.constructor as new () => this) as this;
  }

  forward(): never {
    throw new TorchError('ParameterList has no forward: use its parameters.');
  }

  override extraRepr(): string {
    return this.#items.map((parameter, place) => parameterLine(String(place), parameter)).join('\n');
  }
}
