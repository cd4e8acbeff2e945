/**
 * The results of `work` on each item, in order, with up to `width` items under way: reading and decoding go on
 * while the caller uses an earlier result. An error comes when its item's turn comes.
 */
export async function* prefetch<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const pending: Promise<Result>[] = [];
  for (let next = 0; next < items.length || pending.length > 0;) {
    while (next < items.length && pending.length < width) {
      const result = work(items[next++]!);
      // Its turn may come late; until then the rejection counts as handled.
      result.catch(() => {});
      pending.push(result);
    }
    yield await pending.shift()!;
  }
}
