import { spawnSync } from 'node:child_process';

/** A Python that can run the peers, or why there is none. */
export type Peer = { readonly python: string } | { readonly absent: string };

/** `TORCHTS_PYTHON`, else the first of the usual names that imports torch and transformers. */
export function findPeer(environment: NodeJS.ProcessEnv = process.env): Peer {
  const asked = environment.TORCHTS_PYTHON;
  const candidates = asked ? [asked] : ['python3', 'python'];
  const reasons: string[] = [];
  for (const python of candidates) {
    const reason = complaint(python, environment);
    if (!reason) return { python };
    reasons.push(`${python}: ${reason}`);
  }
  return { absent: reasons.join('; ') };
}

function complaint(python: string, env: NodeJS.ProcessEnv): string | undefined {
  const result = spawnSync(python, ['-c', 'import torch, transformers'], { env, encoding: 'utf8' });
  if (result.error) return `it cannot be run (${(result.error as NodeJS.ErrnoException).code})`;
  return result.status === 0
    ? undefined
    : result.stderr.trim().split('\n').at(-1) || `it ended with code ${result.status}`;
}
