/**
 * An AbortSignal for the first SIGINT or SIGTERM. Its handlers are gone then, so a second signal ends the
 * process at once, also in the middle of a native call, which no JavaScript handler could do.
 */
export function interruptible(onFirst: (signal: NodeJS.Signals) => void): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const stop = () => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
  const handle = (signal: NodeJS.Signals) => {
    stop();
    onFirst(signal);
    controller.abort(new Error(`stopped by ${signal}`));
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return { signal: controller.signal, stop };
}
