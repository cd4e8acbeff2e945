import type { Sharp, SharpOptions } from 'sharp';

let library: typeof import('sharp') | undefined;

/** The package sharp, which is loaded with the first image: a program without images does without its libraries, 20 MB of memory. */
export function sharp(input: Uint8Array, options?: SharpOptions): Sharp {
  library ??= load();
  return library(input, options);
}

function load(): typeof import('sharp') {
  const loaded = require('sharp') as typeof import('sharp');
  // Several images are in flight at a time, so threads inside one cost more than they bring, and none is decoded twice.
  loaded.concurrency(1);
  loaded.cache(false);
  return loaded;
}
