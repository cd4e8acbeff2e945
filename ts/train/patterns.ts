/** Patterns over the names of parameters, as options give them. */
import { InputError } from '../errors';
import type { Parameter } from '../nn';
import { expected } from '../options';

/** A regular expression, or its source, that is looked for anywhere in a name: `/\.bias$/`, `'^backbone'`. */
export type Pattern = RegExp | string;

/** @throws InputError for what is neither, or no regular expression */
function regexOf(owner: string, pattern: Pattern): RegExp {
  if (pattern instanceof RegExp) return pattern;
  if (typeof pattern !== 'string')
    throw expected(owner, 'a regular expression or its source for pattern', pattern, '', InputError);
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new InputError(`${owner}: expected a regular expression for pattern, found ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * The parameters by the first of the patterns that their names match; -1 has those that match none.
 * @throws InputError for a pattern that is no parameter's first
 */
export function byFirstMatch(
  owner: string,
  parameters: readonly (readonly [string, Parameter])[],
  patterns: readonly Pattern[],
): Map<number, [string, Parameter][]> {
  const regexes = patterns.map((pattern) => regexOf(owner, pattern));
  const found = new Map<number, [string, Parameter][]>();
  for (const [name, parameter] of parameters) {
    const first = regexes.findIndex((regex) => name.search(regex) >= 0);
    found.set(first, [...(found.get(first) ?? []), [name, parameter]]);
  }
  const unused = regexes.find((_, i) => !found.has(i));
  if (unused)
    throw new InputError(
      `${owner}: expected a parameter that ${String(unused)} is the first pattern to match, found none among ${someOf(parameters)}`,
    );
  return found;
}

function someOf(parameters: readonly (readonly [string, Parameter])[]): string {
  const names = parameters.slice(0, 6).map(([name]) => name);
  return `${names.join(', ')}${parameters.length > names.length ? `, … (${parameters.length})` : ''}`;
}
