/** Something that holds on this thread while a body runs. */
export class Flag {
  on = false;

  during<T>(body: () => T): T {
    const before = this.on;
    this.on = true;
    try {
      return body();
    } finally {
      this.on = before;
    }
  }
}

/** Operators are being recorded for TorchScript: code takes the way that the record can hold. */
export const tracing = new Flag();
/** What runs has to go on without JavaScript later, so a function that autograd would have to call is an error. */
export const withoutJavaScript = new Flag();
