/** Hosts of their own on this machine: network namespaces that a cable joins. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Why there are none here; undefined where there are. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  if (process.getuid!() !== 0) return 'they need root';
  if (spawnSync('ip', ['-V']).error) return 'they need ip, of iproute2';
  const name = `torchts-try-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'ip netns add is refused here';
  ip('netns', 'del', name);
  return undefined;
}

/** Why hosts cannot be joined by a `Link` here; undefined where they can. */
export function whyNoLink(): string | undefined {
  const reason = whyNoNamespaces();
  if (reason !== undefined) return reason;
  if (spawnSync('python3', ['-c', '']).status !== 0) return 'the link needs python3';
  try {
    closeSync(openSync('/dev/net/tun', 'r+'));
  } catch (error) {
    return `the link needs TUN devices: ${(error as Error).message}`;
  }
  return undefined;
}

/** What a cable does in each of its directions. */
export interface Link {
  /** Milliseconds from one end to the other. @default 0 */
  readonly delayMs?: number;
  /** The share of the packets that get lost. @default 0 */
  readonly loss?: number;
  /** Bits per second. @default no limit but that of the machine */
  readonly rate?: number;
  /** Bytes of the longest packet. @default 1500 */
  readonly mtu?: number;
  /** Of the losses. @default 0 */
  readonly seed?: number;
}

/** Two hosts, 10.77.0.1 and 10.77.0.2, with a network card `eth0` each. */
export class Hosts {
  static #made = 0;
  readonly #names: readonly [string, string];
  #cable: ChildProcess | undefined;

  private constructor() {
    const name = `torchts-${process.pid}-${++Hosts.#made}`;
    this.#names = [`${name}-1`, `${name}-2`];
    for (const name of this.#names) ip('netns', 'add', name);
  }

  /** Hosts with a cable of the kernel's; with `link`, with one of a program that delays, loses and slows down. */
  static async create(link?: Link): Promise<Hosts> {
    const hosts = new Hosts();
    if (link) await hosts.#run(link);
    else ip(...`link add eth0 netns ${hosts.#names[0]} type veth peer name eth0 netns ${hosts.#names[1]}`.split(' '));
    hosts.#names.forEach((name, index) => {
      ip('-n', name, 'addr', 'add', `10.77.0.${index + 1}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'link', 'set', 'eth0', 'mtu', String(link?.mtu ?? 1500), 'up');
    });
    return hosts;
  }

  /** What stands before a command that runs on a host, 0 or 1. */
  on(host: number): string[] {
    return ['ip', 'netns', 'exec', this.#names[host]!, 'env', 'GLOO_SOCKET_IFNAME=eth0'];
  }

  cut(): void {
    ip('-n', this.#names[0], 'link', 'set', 'eth0', 'down');
  }

  mend(): void {
    ip('-n', this.#names[0], 'link', 'set', 'eth0', 'up');
  }

  /**
   * Lets what is sent be slow.
   * @param discipline as `tc qdisc` takes it: `tbf rate 20mbit burst 32k latency 400ms`
   * @returns whether the kernel can
   */
  disturb(discipline: string): boolean {
    return this.#names.every((name) => {
      const args = ['netns', 'exec', name, 'tc', 'qdisc', 'replace', 'dev', 'eth0', 'root', ...discipline.split(' ')];
      return spawnSync('ip', args).status === 0;
    });
  }

  async remove(): Promise<void> {
    if (!this.#cable) return this.#names.forEach((name) => ip('netns', 'del', name));
    this.#cable.stdin!.end();
    if (this.#cable.exitCode === null) await once(this.#cable, 'exit');
  }

  /** Starts the program that is the cable. It deletes the hosts when it ends, as it does when this process is killed. */
  async #run({ delayMs = 0, loss = 0, rate = 0, seed = 0 }: Link): Promise<void> {
    const options = Object.entries({ 'delay-ms': delayMs, loss, rate, seed }).map(
      ([name, value]) => `--${name}=${value}`,
    );
    const args = [
      join(dirname(require.resolve('torchts/package.json')), 'bench', 'link.py'),
      ...this.#names,
      ...options,
    ];
    // In a group of its own, where an interrupt from the keyboard does not end it before this process.
    this.#cable = spawn('python3', args, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    await Promise.race([
      once(this.#cable.stdout!, 'data'),
      once(this.#cable, 'exit').then(() => Promise.reject(new Error(`python3 ${args.join(' ')} ended`))),
    ]);
  }
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
