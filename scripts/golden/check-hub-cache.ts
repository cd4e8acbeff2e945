/**
 * Lets the hub's Python client and ours fill a cache each, from the same imitated hub, and each read the other's without
 * a network.
 *
 *     npx tsx scripts/golden/check-hub-cache.ts <python with huggingface_hub>
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FakeHub } from '../../test/models/hub/fake-hub';
import { HubRepo } from '../../ts/models/hub';

const FILES = ['config.json', 'model.safetensors', 'absent.json'];
const PROGRAM = `
import sys
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import EntryNotFoundError
cache, offline, *files = sys.argv[1:]
for file in files:
    try:
        print(hf_hub_download("org/vit", file, cache_dir=cache, local_files_only=offline == "offline"))
    except EntryNotFoundError:
        print("absent")
`;

/** What each client answers for each file: its path inside the cache, or that there is none. */
type Client = (cache: string, offline: boolean) => Promise<string[]>;

function pythonClient(python: string, endpoint: string, home: string): Client {
  return async (cache, offline) => {
    const env = { ...process.env, HF_ENDPOINT: endpoint, HF_HUB_OFFLINE: '0', HF_HOME: home };
    const { stdout } = await promisify(execFile)(
      python,
      ['-c', PROGRAM, cache, offline ? 'offline' : 'online', ...FILES],
      { env },
    );
    return stdout
      .trim()
      .split('\n')
      .map((line) => (line === 'absent' ? line : path.relative(cache, line)));
  };
}

function ownClient(endpoint: string): Client {
  return async (cache, offline) => {
    const repo = new HubRepo('org/vit', { endpoint, cacheDir: cache, localFilesOnly: offline, token: false });
    const found: string[] = [];
    for (const file of FILES) found.push(path.relative(cache, (await repo.find(file)) ?? path.join(cache, 'absent')));
    return found;
  };
}

/** The repository's part of a cache: every file, and where links lead. */
function layout(cache: string): string[] {
  const folder = path.join(cache, 'models--org--vit');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => `${path.relative(folder, file)}${file.includes('/snapshots/') ? ` -> ${readlinkSync(file)}` : ''}`)
    .sort();
}

async function main(python: string | undefined): Promise<void> {
  assert.ok(python, 'usage: tsx scripts/golden/check-hub-cache.ts <python with huggingface_hub>');
  const hub = await FakeHub.start();
  const home = mkdtempSync(path.join(tmpdir(), 'torchts-hub-'));
  const [theirs, ours] = [path.join(home, 'theirs'), path.join(home, 'ours')];
  try {
    hub.add('org/vit', 'a'.repeat(40), {
      'config.json': { body: Buffer.from('{}') },
      'model.safetensors': { body: Buffer.alloc(100_000, 7), lfs: true },
    });
    const [readTheirs, readOurs] = [pythonClient(python, hub.url, home), ownClient(hub.url)];
    const found = await readTheirs(theirs, false);
    assert.deepEqual(await readOurs(ours, false), found);
    assert.deepEqual(layout(ours), layout(theirs));
    assert.deepEqual(await readTheirs(ours, true), found);
    assert.deepEqual(await readOurs(theirs, true), found);
    console.log(`Both clients filled the same cache, and each read the other's:\n  ${layout(ours).join('\n  ')}`);
  } finally {
    hub.stop();
    rmSync(home, { recursive: true });
  }
}

void main(process.argv[2]);
