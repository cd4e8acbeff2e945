/** Hosts of their own on this machine: network namespaces that a cable joins. */
import { spawnSync } from 'node:child_process';

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

/** Two hosts, 10.77.0.1 and 10.77.0.2, with a network card `eth0` each. */
export class Hosts {
  readonly #names = [1, 2].map((number) => `torchts-${process.pid}-${number}`);

  constructor() {
    for (const name of this.#names) ip('netns', 'add', name);
    const [first, second] = this.#names as [string, string];
    ip(...`link add eth0 netns ${first} type veth peer name eth0 netns ${second}`.split(' '));
    this.#names.forEach((name, index) => {
      ip('-n', name, 'addr', 'add', `10.77.0.${index + 1}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'lo', 'up');
      this.#link(name, 'up');
    });
  }

  /** What stands before a command that runs on a host, 0 or 1. */
  on(host: number): string[] {
    return ['ip', 'netns', 'exec', this.#names[host]!, 'env', 'GLOO_SOCKET_IFNAME=eth0'];
  }

  cut(): void {
    this.#link(this.#names[0]!, 'down');
  }

  mend(): void {
    this.#link(this.#names[0]!, 'up');
  }

  /**
   * Lets what is sent be delayed, lost or slow.
   * @param discipline as `tc qdisc` takes it: `netem delay 5ms loss 1%`
   * @returns whether the kernel can
   */
  disturb(discipline: string): boolean {
    return this.#names.every((name) => {
      const args = ['netns', 'exec', name, 'tc', 'qdisc', 'replace', 'dev', 'eth0', 'root', ...discipline.split(' ')];
      return spawnSync('ip', args).status === 0;
    });
  }

  remove(): void {
    for (const name of this.#names) ip('netns', 'del', name);
  }

  #link(name: string, state: 'up' | 'down'): void {
    ip('-n', name, 'link', 'set', 'eth0', state);
  }
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
