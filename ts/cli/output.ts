import { printable } from '../printable';
import { describeSystemError } from '../native/system-error';

/** Writes a text for people to standard output, with a line break at its end. */
export function print(text: string): void {
  process.stdout.write(printable(text.endsWith('\n') ? text : `${text}\n`));
}

/** Writes one line of JSON to standard output. */
export function printJson(value: unknown): void {
  // JSON leaves these as they are, and a terminal may take them for commands.
  const escaped = JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  process.stdout.write(`${escaped}\n`);
}

// What happens when standard output or standard error takes no more: `| head` has enough, a disk is full, a terminal was closed.

type Lost = (reason: string) => void;

let stopWork: Lost | undefined;

/**
 * Must be called once, before anything is written.
 * @param program whose output it is
 */
export function watchOutput(program: string): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    stopWork ? stopWork('standard output is closed') : endWithoutOutput(program, error),
  );
  // Who closes standard error wants no messages; the work itself goes on, unless it asked to be told.
  process.stderr.on('error', () => stopWork?.('standard error is closed'));
}

/**
 * Lets long work save what there is when nobody can read what it says any more.
 * @returns takes the wish back
 */
export function onOutputLost(stop: Lost): () => void {
  stopWork = stop;
  return () => {
    if (stopWork === stop) stopWork = undefined;
  };
}

/** `| head` has enough after a few lines: no reason for an error, nor for going on. What could not be written is one. */
function endWithoutOutput(program: string, error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`${program}: The output cannot be written: ${describeSystemError(error)}.\n`);
  process.exit(1);
}
