/**
 * `torch.utils.data.get_worker_info()`, which is null outside of a worker process: there are none here, so a stream is never read by
 * several workers at once, and its samples come once each.
 */
export function getWorkerInfo(): null {
  return null;
}
