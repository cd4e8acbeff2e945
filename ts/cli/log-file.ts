import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Listener } from '../native/listener';
import { causeOf } from '../native/system-error';

/**
 * Opens a file for what other processes print, with its folder. Where it cannot be written, that is said once and they go on without
 * it: a full disk ends no training that its log alone did not fit on.
 * @param flags `w` for a new file, `a` to go on behind what it has
 */
export function openLog(path: string, flags: 'a' | 'w', listener: Listener): WriteStream {
  mkdirSync(dirname(path), { recursive: true });
  const log = createWriteStream(path, { flags });
  log.on('error', (error) => listener.say(`${path} is not written any more: ${causeOf(error)}.`));
  return log;
}
