/** Loops whose memory is watched: each makes its state and gives what a step of it does. */
import { setImmediate } from 'node:timers/promises';
import { data, nn, optim } from '../../ts';
import { OutOfMemoryError } from '../../ts/errors';
import { binding } from '../../ts/native/binding';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { kinds, pass } from '../stress/callbacks-pass';

/** A promise of it is waited for; a loop whose steps give none never leaves its synchronous stretch. */
export type Step = (i: number) => void | Promise<void>;

interface Training {
  readonly model: nn.Sequential;
  readonly optimizer: optim.AdamW;
  readonly input: Tensor;
  readonly target: Tensor;
}

function training(): Training {
  const model = new nn.Sequential(new nn.Linear(32, 64), new nn.ReLU(), new nn.Linear(64, 8));
  return {
    model,
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-3 }),
    input: torch.randn([64, 32]),
    target: torch.randn([64, 8]),
  };
}

/** @returns the loss, with its graph */
function train({ model, optimizer, input, target }: Training): Tensor {
  const loss = nn.functional.mseLoss(model.forward(input), target);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
}

/** Steps of several trainings, whose scopes are open at the same time and close in another order each time. */
function interleaved(): Step {
  const turns = [1, 3, 2, 5];
  const trainings = turns.map(training);
  const one = ({ model, optimizer, input, target }: Training, waits: number): Promise<number> =>
    torch.scope(async () => {
      const output = model.forward(input);
      for (let i = 0; i < waits; i++) await setImmediate();
      const loss = nn.functional.mseLoss(output, target);
      await setImmediate();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return Number(loss.item());
    });
  return async (i) => void (await Promise.all(trainings.map((each, k) => one(each, turns[(k + i) % turns.length]!))));
}

/** Batches of samples that are loaded ahead, some passes left early; nothing but the step itself is in a scope. */
function loader(): Step {
  const state = training();
  const dataset = {
    length: 1000,
    load: async (index: number): Promise<Tensor> => {
      await setImmediate();
      return torch.fromTypedArray(new Float32Array(128).fill(index), [4, 32]);
    },
  };
  const batches = new data.DataLoader(dataset, (samples) => torch.cat(samples), {
    // Some batches are on their way at any moment: few samples, against the hundred tensors by which the count may rise.
    batchSize: 16,
    sampler: data.shuffled,
    lastBatch: 'drop',
  });
  let epoch = 0;
  let open = batches.epoch(epoch);
  return async (i) => {
    let next = await open.next();
    if (next.done || i % 50 === 49) {
      await open.return();
      open = batches.epoch(++epoch);
      next = await open.next();
    }
    const input = next.value!;
    torch.scope(() => void train({ ...state, input }));
  };
}

/** Loops that must stay flat. */
export const FLAT = {
  'synchronous, with scopes': () => {
    const state = training();
    return () => torch.scope(() => void train(state));
  },
  'synchronous, without any explicit call': () => {
    const state = training();
    return () => void train(state);
  },
  'async scopes that interleave': interleaved,
  'JavaScript in backward passes': () => {
    const x = torch.randn([16, 16], { requiresGrad: true });
    return (i) => pass(x, i);
  },
  'JavaScript in backward passes, without scopes': () => {
    const x = torch.randn([16, 16], { requiresGrad: true });
    return (i) => kinds[i % kinds.length]!(x);
  },
  'JavaScript in backward passes, on threads of autograd’s': () => {
    binding.handOver(true);
    const x = torch.randn([16, 16], { requiresGrad: true });
    return (i) => pass(x, i);
  },
  'a data loader': loader,
  'memory that JavaScript lends': () => () =>
    void torch.fromTypedArray(new Float32Array(25_000).fill(1), [25_000], { copy: false }).add(1),
  'large tensors, nothing else': () => () => void torch.empty([250_000]),
  'small tensors, nothing else': () => {
    const x = torch.ones([8, 8]);
    return () => void x.add(1);
  },
  'memory that runs out': () => (i) => {
    const x = torch.ones([1000]).add(i);
    try {
      if (i % 20 === 0) x.repeat([2 ** 40]);
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
    }
  },
  'the leak finder': () => {
    const state = training();
    return async () => {
      const leaks = await torch.findLeaks(() => void train(state));
      if (leaks.length > 0)
        throw new Error(`found ${leaks.map(({ shape, madeAt }) => `[${shape.join(', ')}] ${madeAt}`).join('; ')}`);
    };
  },
} satisfies Record<string, () => Step>;

const hoard: unknown[] = [];

/** Steps, for both forms: what leaks cannot go on for minutes. */
export const ENOUGH = 3000;

/** Loops that leak, each in its own way: a watch that calls them flat is worth nothing. {@link ENOUGH} steps show it. */
export const LEAKING = {
  'a loss kept now and then': () => {
    const state = training();
    return (i) => torch.scope(() => void (i % 2 === 0 && hoard.push(torch.keep(train(state).detach()))));
  },
  'a sum of losses that keeps all their graphs': () => {
    const state = training();
    let sum = torch.zeros([]);
    return () => {
      const { model, input, target } = state;
      sum = torch.keep(torch.scope(() => sum.add(nn.functional.mseLoss(model.forward(input), target))));
    };
  },
  'objects of JavaScript that are kept': () => {
    const state = training();
    return () => torch.scope(() => void hoard.push(new Array<unknown>(2000).fill(train(state).item())));
  },
} satisfies Record<string, () => Step>;

export const LOOPS: Readonly<Record<string, () => Step>> = { ...FLAT, ...LEAKING };
