/** One operator on small tensors, called as a user writes it. */
import { torch } from 'torchts';
import { seconds } from './clock';
import { takeTurns } from './worker-protocol';

const CALLS_IN_A_SCOPE = 100;

/** The fastest of so many loops tells most of the code and least of what else the machine does, as Python's timeit says. */
const LOOPS = 3;

/** What one turn leaves behind shall not be cleared away at the expense of the next. */
function tidy(): void {
  torch.collectGarbage();
  torch.memory();
}

void takeTurns(({ smoke, device }) => {
  const calls = smoke ? 200 : 500_000; // of which two collections or three are part
  torch.manualSeed(0);
  const [a, b] = [torch.randn([8, 8], { device }), torch.randn([8, 8], { device })];
  const [large, other] = [torch.randn([1024, 1024], { device }), torch.randn([1024, 1024], { device })];
  const check = [a.add(b), a.mm(b)].map((result) => Number(result.abs().sum().item()));

  const each = (count: number, work: () => void): number => {
    tidy();
    return Math.min(...Array.from({ length: LOOPS }, () => torch.noGrad(() => seconds(device, work)))) / count;
  };
  const scoped = (call: () => void): number =>
    each(calls, () => {
      for (let i = 0; i < calls; i += CALLS_IN_A_SCOPE) {
        torch.scope(() => {
          for (let j = 0; j < CALLS_IN_A_SCOPE; j++) call();
        });
      }
    });

  return {
    check,
    measures: {
      add: () =>
        each(calls, () => {
          for (let i = 0; i < calls; i++) a.add(b);
        }),
      'add-scope': () => scoped(() => a.add(b)),
      mm: () =>
        each(calls, () => {
          for (let i = 0; i < calls; i++) a.mm(b);
        }),
      'mm-scope': () => scoped(() => a.mm(b)),
      add_: () =>
        each(calls, () => {
          for (let i = 0; i < calls; i++) a.add_(b);
        }),
      'mm-1024': () => {
        const products = smoke ? 1 : 10;
        return each(products, () => {
          for (let i = 0; i < products; i++) large.mm(other).dispose();
        });
      },
    },
  };
});
