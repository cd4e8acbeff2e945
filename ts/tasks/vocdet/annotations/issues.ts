/** What can be wrong with a dataset, and whether it keeps the dataset from being used. */
export const issueKinds = {
  'broken annotation': 'error',
  'annotation without image': 'warning',
  'image without annotation': 'warning',
  'unknown class': 'error',
  'classes that differ in spelling only': 'warning',
  'grouping category left out': 'warning',
  'box without area': 'error',
  'box in shares of the image': 'error',
  'empty box left out': 'warning',
  'box below a pixel': 'warning',
  'object twice': 'warning',
  'annotation id twice': 'warning',
  'box outside of the image': 'error',
  'missing image': 'error',
  'damaged image': 'error',
  'damaged shard': 'error',
  'size differs from the image': 'error',
  'image in two splits': 'error',
  'image twice in one split': 'error',
  'two images for one annotation': 'warning',
  'split that cannot be read': 'error',
  'split without images': 'warning',
  'split without objects': 'warning',
  'box over the border by a pixel': 'warning',
  'same image under two names': 'warning',
  'class without objects': 'warning',
  'count differs from the official one': 'warning',
} as const satisfies Record<string, 'error' | 'warning'>;

export type IssueKind = keyof typeof issueKinds;

/** Something wrong, in a sentence. */
export interface Issue {
  readonly kind: IssueKind;
  readonly message: string;
}

/** All findings of one kind. */
export interface DatasetIssue {
  readonly kind: IssueKind;
  readonly severity: 'error' | 'warning';
  readonly count: number;
  /** The first of them, one sentence each, with file and line. */
  readonly examples: readonly string[];
}

const MOST_EXAMPLES = 10;

/** Counts findings and keeps the first of each kind. */
export class DatasetIssues {
  readonly #issues = new Map<IssueKind, { count: number; examples: string[] }>();

  add(kind: IssueKind, example: string): void {
    const entry = this.#issues.get(kind) ?? { count: 0, examples: [] };
    this.#issues.set(kind, entry);
    if (++entry.count <= MOST_EXAMPLES) entry.examples.push(example);
  }

  /** In the order of `findingKinds`. */
  list(): DatasetIssue[] {
    return (Object.keys(issueKinds) as IssueKind[]).flatMap((kind) => {
      const entry = this.#issues.get(kind);
      return entry ? [{ kind, severity: issueKinds[kind], ...entry }] : [];
    });
  }
}
