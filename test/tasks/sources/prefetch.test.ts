import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { PixelBudget } from '../../../ts/tasks/sources/prefetch';

describe('pixels under way', () => {
  /** Images that say when they begin, and leave when asked to. */
  async function begun(budget: PixelBudget, sizes: readonly number[]): Promise<number[]> {
    const order: number[] = [];
    sizes.forEach((pixels, i) => void budget.enter(Promise.resolve(pixels), async () => order.push(i)));
    for (let i = 0; i < 20; i++) await turn();
    return order;
  }

  it('stay within the budget', async () => {
    const budget = new PixelBudget(100);
    const order = await begun(budget, [40, 40, 40, 10]);
    assert.deepEqual(order, [0, 1]);
    budget.leave(40);
    for (let i = 0; i < 20; i++) await turn();
    assert.deepEqual(order, [0, 1, 2, 3]);
  });

  it('may be more of one image alone', async () => {
    const budget = new PixelBudget(100);
    const order = await begun(budget, [500, 1]);
    assert.deepEqual(order, [0]);
    budget.leave(500);
    for (let i = 0; i < 20; i++) await turn();
    assert.deepEqual(order, [0, 1]);
  });

  it('are given by turns, whatever is known first', async () => {
    const budget = new PixelBudget(100);
    const order: number[] = [];
    let tell!: (pixels: number) => void;
    void budget.enter(new Promise((fulfil) => (tell = fulfil)), async () => order.push(0));
    void budget.enter(Promise.resolve(100), async () => order.push(1));
    for (let i = 0; i < 20; i++) await turn();
    assert.deepEqual(order, []);
    tell(60);
    for (let i = 0; i < 20; i++) await turn();
    assert.deepEqual(order, [0]);
    budget.leave(60);
    for (let i = 0; i < 20; i++) await turn();
    assert.deepEqual(order, [0, 1]);
  });

  it('end in the error of an image without stopping the others', async () => {
    const budget = new PixelBudget(100);
    await assert.rejects(
      budget.enter(Promise.resolve(10), () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    budget.leave(10);
    assert.equal(await budget.enter(Promise.resolve(100), async () => 'fine'), 'fine');
  });
});
