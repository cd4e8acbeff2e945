import { InputError, TorchError } from '../../errors';
import type { Tensor } from '../../tensor';
import type { Copier } from '../deep-copy';
import { Module } from '../module';
import { Parameter } from '../parameter';
import { entriesOf } from '../../options';

/** Parameters by name that belong to the module that holds it; a plain tensor becomes a parameter. It has no forward. */
export class ParameterDict extends Module {
  readonly #items = new Map<string, Parameter>();

  constructor(parameters: Readonly<Record<string, Tensor>> = {}) {
    super();
    for (const [name, value] of entriesOf('ParameterDict', 'tensors by their names', parameters)) this.set(name, value);
  }

  /**
   * Puts a parameter under a name, at the end when the name is new.
   * @throws InputError for an empty name or one with a dot
   */
  set(name: string, value: Tensor): this {
    if (name === '' || name.includes('.'))
      throw new InputError(`ParameterDict: a name must not be empty or hold a dot, got "${name}".`);
    this.#items.set(name, asParameter(value));
    return this;
  }

  /** The parameter of a name that is there. */
  get(name: string): Parameter {
    const found = this.#items.get(name);
    if (found === undefined)
      throw new InputError(`ParameterDict has no parameter "${name}": expected one of ${this.keys().join(', ')}.`);
    return found;
  }

  /** Whether there is a parameter of this name. */
  has(name: string): boolean {
    return this.#items.has(name);
  }

  /**
   * Takes a parameter out.
   * @returns whether it was there
   */
  delete(name: string): boolean {
    return this.#items.delete(name);
  }

  /** Number of parameters. */
  get size(): number {
    return this.#items.size;
  }

  /** Names, in the order in which they were first set. */
  keys(): string[] {
    return [...this.#items.keys()];
  }

  /** Takes a parameter out and gives it. */
  pop(name: string): Parameter {
    const found = this.get(name);
    this.#items.delete(name);
    return found;
  }

  /** Puts in each value of an object, of pairs or of another ParameterDict, over those of the same name. */
  update(values: Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]>): this {
    for (const [name, value] of Symbol.iterator in values ? values : Object.entries(values)) this.set(name, value);
    return this;
  }

  /** Takes all out. */
  clear(): void {
    this.#items.clear();
  }

  /** The parameters, in the order of {@link keys}. */
  values(): Parameter[] {
    return [...this.#items.values()];
  }

  /** Names with their parameters, in the order of {@link keys}. */
  items(): [string, Parameter][] {
    return [...this];
  }

  [Symbol.iterator](): Iterator<[string, Parameter]> {
    return this.#items.entries();
  }

  protected override members(): Iterable<readonly [string, Parameter]> {
    return this.#items.entries();
  }

  protected override setMember(name: string, value: Tensor): void {
    this.#items.set(name, value as Parameter); // as it is: a functional call puts plain tensors here for a while
  }

  protected override emptyCopy(copy: Copier): this {
    const items = Object.fromEntries(Array.from(this.#items, ([name, item]) => [name, copy(item)]));
    return Reflect.construct(ParameterDict, [items], this.constructor as new () => this) as this;
  }

  forward(): never {
    throw new TorchError('ParameterDict has no forward: use its parameters.');
  }

  override extraRepr(): string {
    return Array.from(this.#items, ([name, parameter]) => parameterLine(name, parameter)).join('\n');
  }
}

/** `value` itself when it is a parameter. */
export function asParameter(value: Tensor): Parameter {
  return value instanceof Parameter ? value : new Parameter(value);
}

/** A parameter as PyTorch prints it inside a container. */
export function parameterLine(name: string, { dtype, shape, device }: Parameter): string {
  const index = device.startsWith('cuda') ? ` (GPU ${device.slice('cuda:'.length)})` : '';
  return `  (${name}): Parameter containing: [torch.${dtype} of size ${shape.join('x')}${index}]`;
}
