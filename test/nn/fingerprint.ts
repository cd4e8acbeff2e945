import * as nn from '../../ts/nn';
import { Tensor } from '../../ts/tensor';

/** All that a module shows of itself: how it prints, its fields, its tensors, and the same of all modules below. */
export function fingerprint(module: nn.Module): string {
  const lines = module.namedModules().flatMap(([path, each]) => {
    const fields = Object.entries(each).filter(([, value]) => !(value instanceof nn.Module));
    return [`${path}: ${String(each)}`, ...fields.map(([name, value]) => `${path}.${name}: ${describe(value)}`)];
  });
  const tensors = Object.entries(module.stateDict()).map(([key, tensor]) => `${key}: ${describe(tensor)}`);
  return [...lines, ...tensors].join('\n');
}

function describe(value: unknown): string {
  if (typeof value === 'function') return String(value);
  if (!(value instanceof Tensor)) return JSON.stringify(value);
  const elements = value.device === 'meta' ? '' : JSON.stringify(value.detach().toArray());
  return `${value.dtype} ${value.device} [${value.shape.join(', ')}] ${elements}`;
}
