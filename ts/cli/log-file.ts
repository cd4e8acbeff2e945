import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import type { Listener } from '../native/listener';
import { causeOf } from '../native/system-error';

/**
 * Opens a file for what other processes print, with its folder. Where it cannot be written, that is said once and they go on without
 * it: a full disk ends no training whose log alone did not fit on it.
 * @param flags `w` for a new file, `a` to go on behind what it has
 */
export function openLog(path: string, flags: 'a' | 'w', listener: Listener): Writable {
  const giveUp = (error: unknown): void => listener.say(`${path} is not written any more: ${causeOf(error)}.`);
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    giveUp(error);
    return new Writable({ write: (_chunk, _encoding, done) => done() });
  }
  return createWriteStream(path, { flags }).on('error', giveUp);
}
