/**
 * Writes THIRD-PARTY-LICENSES.md: what of others is in the packages that are published, and what npm installs along with them.
 *
 *     npx tsx scripts/release/licences.ts          writes the file
 *     npx tsx scripts/release/licences.ts --check  exit code 1 when it is out of date
 *
 * A package under a licence that nobody has looked at yet is refused.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedPackages } from './dependencies';
import { ROOT } from './manifests';

const FILE = join(ROOT, 'THIRD-PARTY-LICENSES.md');

/** What somebody has looked at, in the words of SPDX. */
const ACCEPTED = new Set([
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND LGPL-3.0-or-later',
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
  'BSD-2-Clause',
  'ISC',
  // libvips, in a package and a library of its own, which can be exchanged for another.
  'LGPL-3.0-or-later',
  'MIT',
]);

/** Packages that refer to a file. */
const LOOKED_UP: Readonly<Record<string, string>> = {
  '@dicebear/avataaars': 'MIT; the designs by Pablo Stanley: free for personal and commercial use',
};

/** A part of what we publish that others have written. */
interface Part {
  readonly name: string;
  readonly where: string;
  /** From the root; none where it is the licence of this repository. */
  readonly text?: string;
}

const PARTS: readonly Part[] = [
  {
    name: 'Noto Emoji, by Google, Apache License 2.0 (in LICENSE)',
    where: '`data/vocdet/emoji` of torchts: the icons of the scenes that `vocdet data synth` draws, unchanged',
  },
  {
    name: 'DejaVu Sans, Bitstream Vera licence',
    where: '`dist/vision/glyphs.js` of torchts: its printable ASCII as pixels',
    text: 'scripts/release/licences/dejavu.txt',
  },
  {
    name: 'node-addon-api, MIT licence',
    where: 'the addons in `@torchts/*`: its headers, compiled in',
    text: 'node_modules/node-addon-api/LICENSE.md',
  },
  {
    name: 'PyTorch, BSD licence of three clauses',
    where: 'the addons in `@torchts/*`: inline code of its headers, compiled in',
    text: 'scripts/release/licences/pytorch.txt',
  },
];

function document(): string {
  const packages = installedPackages().map(({ name, version, license }) => {
    const known = LOOKED_UP[name] ?? license;
    if (LOOKED_UP[name] === undefined && !ACCEPTED.has(license))
      throw new Error(
        `${name} ${version} is under ${license}: look at that, then add it to scripts/release/licences.ts.`,
      );
    return `| ${name} | ${version} | ${known} |`;
  });
  return `<!-- Written by scripts/release/licences.ts. DO NOT EDIT. -->

# Licences of others

torchts and the packages that belong to it are under the Apache License 2.0 (LICENSE). This is what of others is in them, and what
comes along.

## In the packages

The addons also hold inline code of GCC's C++ library, which its Runtime Library Exception leaves free.
${PARTS.map(section).join('')}
## Installed along by npm

Packages of their own, with their licences in them; those of other platforms are left out by npm.

| Package | Version | Licence |
| --- | --- | --- |
${packages.join('\n')}

## Fetched by \`torchts setup\`

libtorch, from PyTorch's own archives and wheels (BSD licence of three clauses, with the libraries in it under licences of their own),
and for CUDA NVIDIA's wheels, under NVIDIA's licences. None of it is in a package of ours.
`;
}

function section({ name, where, text }: Part): string {
  const quoted = text === undefined ? '' : `\n\`\`\`\n${readFileSync(join(ROOT, text), 'utf8').trimEnd()}\n\`\`\`\n`;
  return `\n### ${name}\n\nIn ${where}.\n${quoted}`;
}

const text = document();
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error('THIRD-PARTY-LICENSES.md is out of date: run `npx tsx scripts/release/licences.ts` and commit it');
  process.exitCode = 1;
}
