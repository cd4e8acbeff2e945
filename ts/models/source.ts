import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import { HubRepo, type HubOptions } from './hub';

/** Where the files of a checkpoint come from: a folder, or a repository of the hub. */
export interface CheckpointSource {
  /** The path of a file on this machine, fetched when need be; undefined when the checkpoint has no such file. */
  find(file: string): Promise<string | undefined>;
  /** The error for a file that must be there and is not. */
  missing(what: string): InputError;
}

class Folder implements CheckpointSource {
  constructor(readonly path: string) {}

  async find(file: string): Promise<string | undefined> {
    const path = join(this.path, file);
    return existsSync(path) ? path : undefined;
  }

  missing(what: string): InputError {
    return new InputError(`Expected ${what} in ${this.path}, found none; is it the folder of a checkpoint?`);
  }
}

/** A name that the hub could know, as opposed to a path. */
const REPO = /^[A-Za-z0-9][\w.-]*(\/[\w.-]+)?$/;

/**
 * A folder if there is one by that name, else a repository of the hub (`org/name`).
 * @throws InputError when it can be neither
 */
export function openSource(name: string, options: HubOptions = {}): CheckpointSource {
  if (existsSync(name)) {
    if (statSync(name).isDirectory()) return new Folder(name);
    throw new InputError(`Expected the folder of a checkpoint, found the file ${name}.`);
  }
  if (!REPO.test(name) || /--|\.\./.test(name)) {
    throw new InputError(
      `There is no folder ${name}, and it cannot be a model of the hub, whose names look like org/name.`,
    );
  }
  return new HubRepo(name, options);
}
