/** The runner's end of one side: a process that stays and answers, or a new process each time. */
import { spawn, type ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { createInterface, type Interface } from 'node:readline';
import type { Reply, Failure, Ready } from './worker-protocol';

/** How a side is started: a program and its arguments, the last of which are the settings. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface BenchProcess {
  /** Starts the side, as far as it has to be before the first turn. */
  start(): Promise<Ready>;
  /** One turn: the figure of one measure, or null where the side has none. */
  run(measure: string): Promise<number | null>;
  /** Holds a side in the middle of a turn, with all that it has started. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** A process and its lines; an error of its own, or its early end, becomes ours. */
class Talk {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #end: Promise<string>;
  #complaints = '';

  readonly #command: Command;

  constructor(command: Command) {
    this.#command = command;

    const { program, args, env } = command;
    // A group of its own, so that a signal reaches what it starts, too.
    this.#child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    process.on('exit', this.kill);
    this.#reader = createInterface({ input: this.#child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#child
      .stderr!.setEncoding('utf8')
      .on('data', (text: string) => (this.#complaints = (this.#complaints + text).slice(-4000)));
    // Writing to a process that has just died is reported through its end.
    this.#child.stdin!.on('error', () => {});
    this.#end = new Promise((resolve) => {
      this.#child.on('error', ({ message }) => resolve(message));
      this.#child.on('close', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
    });
  }

  say(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** @throws Error when the side reports an error, or ends instead of answering */
  async hear<Line extends object>(): Promise<Line> {
    const { value, done } = await this.#lines.next();
    if (done) throw this.#failure(`${await this.#end}${this.#complaints && `:\n${this.#complaints.trimEnd()}`}`);
    const line = JSON.parse(value) as Line | Failure;
    if ('error' in line) throw this.#failure(line.error);
    return line;
  }

  async close(): Promise<void> {
    this.#child.stdin!.end();
    await this.#end;
    this.#reader.close();
    process.off('exit', this.kill);
  }

  readonly kill = (): void => this.signal('SIGKILL');

  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#child.pid!, signal);
    } catch {} // it has ended
  }

  #failure(why: string): Error {
    const { program, args } = this.#command;
    return new Error(`${[program, ...args.slice(0, -1)].join(' ')} failed: ${why}`);
  }
}

/** A process that prepares once and then answers turn by turn. */
export class Resident implements BenchProcess {
  readonly #talk: Talk;

  constructor(command: Command) {
    this.#talk = new Talk(command);
  }

  start(): Promise<Ready> {
    return this.#talk.hear<Ready>();
  }

  async run(measure: string): Promise<number | null> {
    this.#talk.say(`run ${measure}`);
    return (await this.#talk.hear<Reply>()).value;
  }

  pause(): void {
    this.#talk.signal('SIGSTOP');
  }

  resume(): void {
    this.#talk.signal('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#talk.kill();
    await this.#talk.close();
  }
}

/** A new process for each turn; the figure is the seconds from its start to its first line. */
export class Fresh implements BenchProcess {
  readonly #command: Command;

  constructor(command: Command) {
    this.#command = command;
  }

  async start(): Promise<Ready> {
    const talk = new Talk(this.#command);
    const ready = await talk.hear<Ready>();
    await talk.close();
    return ready;
  }

  async run(): Promise<number> {
    const start = performance.now();
    const talk = new Talk(this.#command);
    await talk.hear<Ready>();
    const seconds = (performance.now() - start) / 1000;
    await talk.close();
    return seconds;
  }

  // A turn of a moment is never held.
  pause(): void {}
  resume(): void {}

  async stop(): Promise<void> {}
}
