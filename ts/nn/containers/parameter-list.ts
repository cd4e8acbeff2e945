import { InputError, TorchError } from '../../errors';
import type { Tensor } from '../../tensor';
import type { Copier } from '../deep-copy';
import { Module } from '../module';
import type { Parameter } from '../parameter';
import { asParameter, parameterLine } from './parameter-dict';
import { itemsOf } from '../../options';

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
    for (const value of itemsOf('ParameterList', 'an iterable of tensors', values)) this.append(value);
    return this;
  }

  /** Number of parameters. */
  get length(): number {
    return this.#items.length;
  }

  /** The parameter at a place, from the end when negative. */
  at(index: number): Parameter {
    return this.#items[this.#index(index)]!;
  }

  /** Puts another parameter in the place of one. */
  replace(index: number, value: Tensor): void {
    this.#items[this.#index(index)] = asParameter(value);
  }

  #index(index: number): number {
    const { length } = this.#items;
    if (!Number.isInteger(index) || index >= length || index < -length)
      throw new InputError(`ParameterList has no parameter at ${index}: expected a place below ${length}.`);
    return index < 0 ? index + length : index;
  }

  [Symbol.iterator](): Iterator<Parameter> {
    return this.#items.values();
  }

  protected override members(): Iterable<readonly [string, Parameter]> {
    return this.#items.map((parameter, index) => [String(index), parameter] as const);
  }

  protected override setMember(name: string, value: Tensor): void {
    this.#items[this.#index(Number(name))] = value as Parameter; // as it is: a functional call puts plain tensors here for a while
  }

  protected override emptyCopy(copy: Copier): this {
    return Reflect.construct(
      ParameterList,
      [this.#items.map((item) => copy(item))],
      this.constructor as new () => this,
    ) as this;
  }

  forward(): never {
    throw new TorchError('ParameterList has no forward: use its parameters.');
  }

  override extraRepr(): string {
    return this.#items.map((parameter, index) => parameterLine(String(index), parameter)).join('\n');
  }
}
