/* The two-loop recursion of L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.4). */
import * as torch from '../tensor';
import { keep, type Tensor } from '../tensor';
import { remember, type ParamState } from './state-dict';

/** The last steps, changes of the gradient and their reciprocal products, oldest first. */
interface History {
  /** Changes of the gradient, (n) each. */
  readonly changes: Tensor[];
  /** Steps, (n) each. */
  readonly steps: Tensor[];
  /** 1 / (change . step), scalars. */
  readonly ro: Tensor[];
}

/** Where to go from a point with `gradient`, (n), by the curvature that `state` tells of; it learns of the last step. */
export function nextDirection(state: ParamState, gradient: Tensor, historySize: number): Tensor {
  const previous = state['prev_flat_grad'] as Tensor | undefined;
  if (state['n_iter'] === 1 || previous === undefined) {
    Object.assign(state, { old_dirs: [], old_stps: [], ro: [], H_diag: 1 });
    return gradient.neg();
  }
  const history: History = {
    changes: state['old_dirs'] as Tensor[],
    steps: state['old_stps'] as Tensor[],
    ro: state['ro'] as Tensor[],
  };
  return torch.scoped(() => {
    const change = gradient.sub(previous);
    const step = (state['d'] as Tensor).mul(lastLength(state));
    const product = change.dot(step);
    // Without curvature along the step the estimate would not stay positive.
    if (Number(product.item()) > 1e-10) {
      learn(history, change, step, product.reciprocal(), historySize);
      remember(state, 'H_diag', product.div(change.dot(change)));
    }
    state['al'] ??= Array.from({ length: historySize }, () => null);
    return recur(history, gradient, state['H_diag'] as Tensor | number);
  });
}

function lastLength({ t }: ParamState): number {
  return typeof t === 'number' ? t : Number((t as Tensor).item());
}

/** Takes the newest step in; the tensors of the oldest one, once it has to go, serve again. */
function learn({ changes, steps, ro }: History, change: Tensor, step: Tensor, reciprocal: Tensor, size: number): void {
  const full = changes.length === size;
  for (const [list, value] of [
    [changes, change],
    [steps, step],
    [ro, reciprocal],
  ] as const) {
    list.push(full ? list.shift()!.copy_(value) : keep(value));
  }
}

function recur({ changes, steps, ro }: History, gradient: Tensor, scale: Tensor | number): Tensor {
  const direction = gradient.neg();
  const factors: Tensor[] = [];
  for (let i = steps.length - 1; i >= 0; i--) {
    factors[i] = steps[i]!.dot(direction).mul(ro[i]!);
    direction.addcmul_(changes[i]!, factors[i]!, { value: -1 });
  }
  direction.mul_(scale);
  for (const [i, step] of steps.entries()) {
    const factor = factors[i]!.sub(changes[i]!.dot(direction).mul(ro[i]!));
    direction.addcmul_(step, factor);
  }
  return direction;
}
