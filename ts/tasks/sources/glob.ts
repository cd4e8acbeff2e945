import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** True for a path with wildcards. */
export function isGlob(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

/**
 * The files that a pattern with `*`, `?`, `[abc]`, `{a,b}` and `**` names, sorted. Names that begin with a
 * dot match only a part of the pattern that does, too.
 */
export function glob(pattern: string): string[] {
  const parts = pattern.split('/');
  const fixed = parts.findIndex(isGlob);
  const root = parts.slice(0, fixed).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const found: string[] = [];
  match(root, parts.slice(fixed), found);
  return [...new Set(found)].sort();
}

/** All image files below a folder, sorted. */
export function imagesBelow(folder: string): string[] {
  return entries(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return imagesBelow(path);
    return /\.(jpe?g|png|webp|gif|tiff?|avif|bmp|heic)$/i.test(entry.name) ? [path] : [];
  });
}

function match(folder: string, [part, ...rest]: string[], found: string[]): void {
  if (part === undefined) return;
  if (part === '**') {
    match(folder, rest, found);
    for (const entry of entries(folder)) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) match(join(folder, entry.name), [part, ...rest], found);
    }
    return;
  }
  const expression = toRegExp(part);
  for (const entry of entries(folder)) {
    if (!expression.test(entry.name) || (entry.name.startsWith('.') && !part.startsWith('.'))) continue;
    if (rest.length > 0) match(join(folder, entry.name), rest, found);
    else if (!entry.isDirectory()) found.push(join(folder, entry.name));
  }
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // Not a folder, or not ours to read: it holds no match.
    return [];
  }
}

function toRegExp(part: string): RegExp {
  const tokens = part.match(/\[[^\]]+\]|\{[^}]+\}|[\s\S]/g) ?? [];
  return new RegExp(`^${tokens.map(translate).join('')}$`);
}

function translate(token: string): string {
  if (token === '*') return '.*';
  if (token === '?') return '.';
  if (token.length > 1 && token.startsWith('[')) return token.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
  if (token.length > 1)
    return `(?:${token
      .slice(1, -1)
      .split(',')
      .map((choice) => toRegExp(choice).source.slice(1, -1))
      .join('|')})`;
  return token.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
}
