import { Module } from '../nn';
import { hooksOf } from '../nn/hooks';
import { Tensor } from '../tensor';

/** What the fields of a module held. */
interface Fields {
  readonly module: Module;
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * What the modules below one held in their fields when plans were made: parameters, buffers, submodules, and numbers and settings
 * that are not private. The elements of tensors are not looked at: the pool of constants does that.
 */
export class ModuleState {
  readonly #fields: readonly Fields[];

  constructor(root: Module) {
    this.#fields = root.modules().map((module) => {
      const members = watchedMembers(module);
      return { module, names: members.map(([name]) => name), values: members.map(([, value]) => value) };
    });
  }

  /** Whether all fields still hold what they held. */
  get isCurrent(): boolean {
    return this.#fields.every(({ module, names, values }) => {
      if (module['members'] === Module.prototype['members'])
        return names.every((name, i) => isSame(Reflect.get(module, name), values[i]));
      const members = watchedMembers(module);
      return members.length === values.length && members.every(([, value], i) => isSame(value, values[i]));
    });
  }

  /** Why the module itself has to run; null where a plan may. */
  get reasonForEager(): string | null {
    for (const { module } of this.#fields) {
      if (module.training) return `${module.constructor.name} is in training mode: call eval() first`;
      if (hooksOf(module)?.any) return `${module.constructor.name} has hooks`;
    }
    return null;
  }
}

/** Modules, tensors, numbers and settings; whether the module trains is asked each time. */
function watchedMembers(module: Module): (readonly [string, unknown])[] {
  return [...module['members']()].filter(([name, value]) => name !== 'training' && isWatched(value));
}

function isWatched(value: unknown): boolean {
  return (
    value instanceof Module || value instanceof Tensor || (typeof value !== 'object' && typeof value !== 'function')
  );
}

function isSame(value: unknown, before: unknown): boolean {
  return Object.is(value, before) && !(value instanceof Tensor && value.isDisposed);
}
