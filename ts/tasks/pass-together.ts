import { gathered } from '../data/shares';
import type { Processes } from '../train/distributed/processes';

/** Who passes a split through a model, and who is told of an image that cannot be read. */
interface PassOptions {
  readonly processes: Processes;
  readonly onUnreadable?: (reason: string) => void;
}

/**
 * The batches of a split, each passed through the model by one of the processes: in all of them what one process alone would have.
 * @param pass gives those of this process; it tells of unreadable images, where anybody is told, by what it gets
 */
export async function passTogether<Batch>(
  { processes, onUnreadable }: PassOptions,
  pass: (told: Pick<PassOptions, 'onUnreadable'>) => Promise<readonly Batch[]>,
): Promise<Batch[]> {
  const lost: string[] = [];
  const told = onUnreadable ? { onUnreadable: (reason: string) => void lost.push(reason) } : {};
  const parts = await processes.together(async () => ({ batches: await pass(told), lost }));
  for (const part of parts) for (const reason of part.lost) onUnreadable?.(reason);
  return gathered(parts.map(({ batches }) => batches));
}
