import assert from 'node:assert/strict';
import type * as nn from '../../ts/nn';
import type { Tensor } from '../../ts/tensor';
import { assertClose, assertDrawn, type goldenTensors } from './golden';

/** What scripts/golden/nn_sequences.py has recorded under a name: compares a module's start, its outputs and all gradients. */
export class Recorded {
  readonly #golden: ReturnType<typeof goldenTensors>;
  readonly #name: string;

  constructor(golden: ReturnType<typeof goldenTensors>, name: string) {
    this.#golden = golden;
    this.#name = name;
  }

  /** The inputs, as leaves, in the order in which they were drawn. */
  inputs(): Tensor[] {
    return this.#keys('input').map((key) => this.#golden.get(`${this.#name}.input.${key}`).clone().requiresGrad_(true));
  }

  checkStart(module: nn.Module): void {
    const state = module.stateDict();
    assert.deepEqual(new Set(Object.keys(state)), new Set(this.#keys('start')));
    for (const [key, tensor] of Object.entries(state))
      assertDrawn(tensor, this.#golden.get(`${this.#name}.start.${key}`), key);
  }

  /** Runs backward from the sum of all squares, and compares. */
  check(module: nn.Module, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    assert.equal(outputs.length, this.#keys('output').length);
    for (const [i, output] of outputs.entries())
      assertClose(output, this.#golden.get(`${this.#name}.output.${i}`), { what: `output ${i}` });
    outputs
      .map((output) => output.square().sum())
      .reduce((sum, part) => sum.add(part))
      .div(2)
      .backward();
    for (const [i, key] of this.#keys('input').entries())
      assertClose(inputs[i]!.grad!, this.#golden.get(`${this.#name}.grad.input.${key}`), {
        what: `gradient of ${key}`,
      });
    for (const [key, parameter] of module.namedParameters())
      assertClose(parameter.grad!, this.#golden.get(`${this.#name}.grad.${key}`), { what: key });
  }

  #keys(kind: string): string[] {
    const prefix = `${this.#name}.${kind}.`;
    return this.#golden.names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }
}
