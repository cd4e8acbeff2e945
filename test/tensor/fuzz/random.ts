/** Numbers that are the same for the same seed, everywhere. */
export interface Random {
  /** From 0 up to, without, 1. */
  next(): number;
  pick<T>(choices: readonly T[]): T;
  /** A whole number from 0 to `most`. */
  few(most: number): number;
  chance(probability: number): boolean;
}

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    pick: <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)]!,
    few: (most) => Math.floor(next() * (most + 1)),
    chance: (probability) => next() < probability,
  };
}

/** A seed of several parts (FNV-1a), so that each call of each operator can be repeated alone. */
export function seedOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of parts.join('\0')) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}
