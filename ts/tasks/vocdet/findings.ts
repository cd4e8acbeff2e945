/** What can be wrong with a dataset, and whether it keeps the dataset from being used. */
export const findingKinds = {
  'broken annotation': 'error',
  'annotation without picture': 'warning',
  'picture without annotation': 'warning',
  'unknown class': 'error',
  'classes that differ in spelling only': 'warning',
  'grouping category left out': 'warning',
  'box without area': 'error',
  'box in shares of the picture': 'error',
  'empty box left out': 'warning',
  'box below a pixel': 'warning',
  'object twice': 'warning',
  'annotation id twice': 'warning',
  'box outside of the picture': 'error',
  'missing picture': 'error',
  'damaged picture': 'error',
  'size differs from the picture': 'error',
  'picture in two splits': 'error',
  'picture twice in one split': 'error',
  'two pictures for one annotation': 'warning',
  'split that cannot be read': 'error',
  'split without pictures': 'warning',
  'split without objects': 'warning',
  'box over the border by a pixel': 'warning',
  'same picture under two names': 'warning',
  'class without objects': 'warning',
  'count differs from the official one': 'warning',
} as const satisfies Record<string, 'error' | 'warning'>;

export type FindingKind = keyof typeof findingKinds;

/** Something wrong, in a sentence. */
export interface Issue {
  readonly kind: FindingKind;
  readonly message: string;
}

/** All findings of one kind. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: 'error' | 'warning';
  readonly count: number;
  /** The first of them, one sentence each, with file and line. */
  readonly examples: readonly string[];
}

const MOST_EXAMPLES = 10;

/** Counts findings and keeps the first of each kind. */
export class Findings {
  private readonly found = new Map<FindingKind, { count: number; examples: string[] }>();

  add(kind: FindingKind, example: string): void {
    const entry = this.found.get(kind) ?? { count: 0, examples: [] };
    this.found.set(kind, entry);
    if (++entry.count <= MOST_EXAMPLES) entry.examples.push(example);
  }

  /** In the order of `findingKinds`. */
  list(): Finding[] {
    return (Object.keys(findingKinds) as FindingKind[]).flatMap((kind) => {
      const entry = this.found.get(kind);
      return entry ? [{ kind, severity: findingKinds[kind], ...entry }] : [];
    });
  }
}
