import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REPOSITORY = join(__dirname, '../..');

export interface Output {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whom a program runs as. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** A copy of the part of torchts that gets the rest going, in a folder of its own, where nothing is built. */
export class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'torchts-checkout-'));

  constructor() {
    for (const path of ['package.json', 'ts/errors.ts', 'ts/printable.ts', 'ts/native', 'ts/cli'])
      cpSync(join(REPOSITORY, path), join(this.root, path), { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.root, 'node_modules'));
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  /** Runs a TypeScript file of the checkout; `environment` is added to this process's, without what is undefined in it. */
  run(file: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}, user: Identity = {}): Output {
    return this.#node([join(this.root, file), ...args], environment, user);
  }

  /** Runs a piece of JavaScript that may require the checkout's files by their path from its root. */
  evaluate(script: string, environment: NodeJS.ProcessEnv = {}): Output {
    return this.#node(['-e', script], environment);
  }

  #node(args: readonly string[], environment: NodeJS.ProcessEnv, user: Identity = {}): Output {
    const env = { ...process.env, TORCHTS_ADDON: '', ...environment };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', require.resolve('tsx/cjs'), ...args], {
      cwd: this.root,
      env,
      encoding: 'utf8',
      ...user,
    });
    return { status, stdout, stderr };
  }
}
