let running = false;

/** Whether operators are being recorded for TorchScript: code then avoids what a trace cannot hold. */
export function isTracing(): boolean {
  return running;
}

/** Runs `body` as what is recorded. */
export function traced<T>(body: () => T): T {
  running = true;
  try {
    return body();
  } finally {
    running = false;
  }
}
