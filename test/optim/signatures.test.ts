import assert from 'node:assert/strict';
import * as nn from '../../ts/nn';
import * as optim from '../../ts/optim';
import { camelCase } from '../../ts/tensor/operators/schema';
import * as torch from '../../ts/tensor';
import { goldenJson } from '../nn/golden';
import { assertState } from './state-tree';

interface SchedulerSignature {
  /** Names of the required arguments, in order. */
  required: string[];
  /** What Python was given for them; null for functions and schedulers. */
  given: Record<string, unknown>;
  options: Record<string, unknown>;
  state: Record<string, unknown>;
}

const golden = goldenJson<{
  all: Record<'optim' | 'lr_scheduler' | 'swa_utils', string[]>;
  optimizers: Record<string, { options: Record<string, unknown>; group: Record<string, unknown> }>;
  schedulers: Record<string, SchedulerSignature>;
}>('optim-signatures');

type OptimizerClass = new (params: nn.Parameter[], options?: object) => optim.Optimizer;
type SchedulerClass = new (...args: unknown[]) => optim.LRScheduler | optim.ReduceLROnPlateau;

/** Names of torch.optim that are missing here, and why. */
const missing: Record<string, string> = {
  swap_in_optimizer_params_and_state: 'a hook for tracing steps with torch.fx',
};
/** Options that are not offered: Optimizer says why. */
const left = ['foreach', 'capturable', 'differentiable'];

/** `T_max` -> `tMax` */
function optionName(name: string): string {
  const camel = camelCase(name);
  return `${camel[0]!.toLowerCase()}${camel.slice(1)}`;
}

function inCamelCase(options: Record<string, unknown>): Record<string, unknown> {
  const offered = Object.entries(options).filter(([key]) => !left.includes(key));
  return Object.fromEntries(offered.map(([key, value]) => [optionName(key), value]));
}

function argument(name: string, value: unknown, optimizer: optim.Optimizer): unknown {
  if (name === 'optimizer') return optimizer;
  if (name === 'lr_lambda') return (step: number) => 1 / (1 + step);
  if (name === 'schedulers') return [new optim.ExponentialLR(optimizer, 0.9), new optim.StepLR(optimizer, 3)];
  return value;
}

describe('torch.optim as a whole', () => {
  it('has every name of PyTorch’s, but for those listed with a reason', () => {
    assert.deepEqual(
      golden.all.optim.map(optionOrClass).filter((name) => !(name in optim)),
      Object.keys(missing).map(optionOrClass),
    );
    assert.deepEqual(
      golden.all.lr_scheduler.filter((name) => !(name in optim.lrScheduler)),
      [],
    );
    assert.deepEqual(
      golden.all.swa_utils.map(optionOrClass).filter((name) => !(name in optim.swaUtils)),
      [],
    );
  });

  for (const [name, { options, group }] of Object.entries(golden.optimizers)) {
    if (name in missing) continue;
    const kind = Reflect.get(optim, name) as OptimizerClass;
    const parameter = (): nn.Parameter[] => [new nn.Parameter(torch.zeros([2, 2]))];

    it(`${name}: the defaults of a group are PyTorch's`, () => {
      const { params: _, ...found } = new kind(parameter()).stateDict().param_groups[0]!;
      assert.deepEqual(found, group);
    });

    it(`${name}: takes every option of PyTorch's, with the same default`, () => {
      const explicit = new kind(parameter(), inCamelCase(options));
      assert.deepEqual(explicit.stateDict().param_groups, new kind(parameter()).stateDict().param_groups);
    });
  }

  for (const [name, { required, given, options, state }] of Object.entries(golden.schedulers)) {
    const kind = Reflect.get(optim, name) as SchedulerClass;
    const make = (extra: Record<string, unknown>): optim.SchedulerStateDict => {
      const optimizer = new optim.SGD([new nn.Parameter(torch.zeros([1]))], { lr: 0.1, momentum: 0.9 });
      const values = required.map((key) => argument(key, given[key], optimizer as unknown as optim.Optimizer));
      const own = name === 'OneCycleLR' ? { ...extra, totalSteps: 10 } : extra;
      const scheduler = name === 'ChainedScheduler' ? new kind(...values, null) : new kind(...values, own);
      return JSON.parse(JSON.stringify(scheduler.stateDict())) as optim.SchedulerStateDict;
    };

    it(`${name}: with required arguments only, every field is PyTorch's`, () => assertState(make({}), state, name));
    it(`${name}: takes every option of PyTorch's, with the same default`, () =>
      assert.deepEqual(make(inCamelCase(options)), make({})));
  }
});

/** `lr_scheduler` -> `lrScheduler`; names of classes stay. */
function optionOrClass(name: string): string {
  return /^[A-Z]/.test(name) ? name : camelCase(name);
}
