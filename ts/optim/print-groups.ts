/** An optimizer as PyTorch prints it. */
import { pythonFloat } from '../printable';
import { snakeCase } from './state-dict';

/** `SGD (` and the options of each group, sorted by name, in Python's notation. */
export function printGroups(owner: string, groups: readonly Readonly<Record<string, unknown>>[]): string {
  const blocks = groups.map((group, i) => {
    const options = Object.entries(group)
      .filter(([name]) => name !== 'params')
      .map(([name, value]): [string, unknown] => [snakeCase(name), value]);
    const lines = options
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `    ${name}: ${python(value)}\n`);
    return `\nParameter Group ${i}\n${lines.join('')}`;
  });
  return `${owner} (${blocks.join('')})`;
}

function python(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : pythonFloat(value);
  if (Array.isArray(value)) return `(${value.map(python).join(', ')}${value.length === 1 ? ',' : ''})`;
  return String(value);
}
