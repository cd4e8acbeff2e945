/** Where numbers stop being finite: what a run says whose loss is NaN or infinite. */
import type { Module } from '../nn';
import * as torch from '../tensor';
import { tensorsIn } from '../tensor/memory/lifetime';

/**
 * Runs `forward` once more and says what is the first that is not finite.
 * @returns a part of a sentence, such as `the output of encoder.layer.3 (Linear)`
 */
export function firstNonFinite(model: Module, batch: unknown, forward: () => unknown): string {
  if (!allFinite(batch)) return 'a number of the batch';
  let found: string | undefined;
  const hooks = model.namedModules().map(([name, module]) =>
    module.registerForwardHook((_module: Module, _inputs: unknown, output: unknown) => {
      if (found === undefined && !allFinite(output))
        found = `the output of ${name === '' ? 'the model' : name} (${module.constructor.name})`;
    }),
  );
  try {
    torch.scoped(() => torch.noGrad(() => void forward()));
  } catch (error) {
    return `not known, since the batch fails when it is repeated (${(error as Error).message})`;
  } finally {
    for (const hook of hooks) hook.remove();
  }
  const parameter = model.namedParameters().find(([, tensor]) => !allFinite(tensor));
  if (parameter) return `the parameter ${parameter[0]}`;
  return found ?? 'what the loss makes of the outputs, which are finite';
}

/** A sentence on a batch, from 0, the names of its samples where they are known, and what `firstNonFinite` says of it. */
export function describeNonFinite(batch: number, names: readonly string[] | undefined, first: string): string {
  const samples = names ? `, with the samples ${someSamples(names)}` : '';
  return `In batch ${batch + 1} of the epoch${samples}, the first that is not finite is ${first}.`;
}

/** The names of a batch's samples as a message shows them, the first of many. */
function someSamples(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** Whether all floating point numbers in nested lists and objects of tensors are finite. */
function allFinite(tree: unknown): boolean {
  return torch.scoped(() => tensorsIn(tree).every((tensor) => tensor.isfinite().all().item() as boolean));
}
