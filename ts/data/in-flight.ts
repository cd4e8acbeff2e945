/** Enough to keep libuv's four threads busy. */
const USUAL = 8;

/**
 * Does some work for each of the indices 0 to count-1, several at a time, in order of start. After the first that fails none is
 * started; those under way end before the error is thrown.
 * @param most how many may be under way at a time
 */
export async function inFlight(count: number, work: (index: number) => Promise<void>, most = USUAL): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      try {
        await work(next++);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: most }, worker));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
