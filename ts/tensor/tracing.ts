let tracing = false;

/** Whether the operators that run now are being recorded for TorchScript: code then takes the way that the record can hold. */
export function isTracing(): boolean {
  return tracing;
}

/** Runs `body` as what is recorded. */
export function traced<T>(body: () => T): T {
  const before = tracing;
  tracing = true;
  try {
    return body();
  } finally {
    tracing = before;
  }
}
