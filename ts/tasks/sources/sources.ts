import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { InputError } from '../../errors';
import { type FetchOptions, fetchBytes } from './fetch';
import { glob, imagesBelow, isGlob } from './glob';

/** One image that a user named: a file, or the answer of a server. */
export interface Source {
  /** Its path or URL, as it is shown to the user. */
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/**
 * The images behind paths of files, folders (with all below them), patterns and http(s) URLs, in order.
 * What does not exist is a source too: its `read` fails, so the others go on.
 */
export function expandSources(inputs: readonly string[], options: FetchOptions = {}): Source[] {
  return inputs.flatMap((input) => {
    if (/^https?:\/\//i.test(input)) return [{ name: input, read: () => fetchBytes(input, options) }];
    if (existsSync(input)) return statSync(input).isDirectory() ? folder(input) : [file(input)];
    return isGlob(input) ? pattern(input) : [failure(input, `There is no file or folder ${input}.`)];
  });
}

function file(path: string): Source {
  return {
    name: path,
    read: () =>
      readFile(path).catch((cause: Error) => {
        throw new InputError(`Cannot read ${path}: ${cause.message}.`, { cause });
      }),
  };
}

function folder(path: string): Source[] {
  const images = imagesBelow(path);
  return images.length > 0 ? images.map(file) : [failure(path, `The folder ${path} holds no images.`)];
}

function pattern(text: string): Source[] {
  const paths = glob(text);
  return paths.length > 0 ? paths.map(file) : [failure(text, `No file matches the pattern ${text}.`)];
}

function failure(name: string, reason: string): Source {
  return { name, read: () => Promise.reject(new InputError(reason)) };
}
