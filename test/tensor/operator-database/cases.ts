/** The goldens of scripts/golden/operator_database.py: one program of operator calls a case. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DType } from '../../../ts/tensor';

/** Bytes in row-major order; with strides, those of the whole memory that the tensor is a part of; sparse ones by their parts. */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  /** Where the first element stands. */
  readonly offset?: number;
  readonly data?: string;
  readonly layout?: 'sparse_coo' | 'sparse_csr' | 'sparse_csc';
  readonly parts?: readonly StoredTensor[];
  /** Whether it requires a gradient. */
  readonly grad?: boolean;
}

export type StoredValue =
  | number
  | boolean
  | string
  | null
  | { readonly t: number }
  | { readonly i: string }
  | { readonly f: string }
  | { readonly re: number; readonly im: number }
  | readonly StoredValue[];

/** Numbers of the tensors that a call gives, null for what is no tensor. */
export type StoredResult = number | null | readonly StoredResult[];

/** `aten.add.Tensor` (or `seed`, of the default generator), its arguments by position and by name, and what it gives. */
export type StoredCall = readonly [
  operator: string,
  args: readonly StoredValue[],
  named: Readonly<Record<string, StoredValue>>,
  result: StoredResult,
];

export interface OperatorCase {
  /** The database's name, with that of the variant. */
  readonly op: string;
  readonly aten: string;
  readonly dtype: DType;
  readonly kind: 'plain' | 'noncontiguous' | 'expanded' | 'inplace';
  readonly inputs: readonly (readonly [number: number, tensor: StoredTensor])[];
  readonly calls: readonly StoredCall[];
  readonly outputs: readonly number[];
  readonly expected: readonly StoredTensor[];
  /** Results that are no tensors. */
  readonly plain: readonly StoredValue[];
  readonly gradients?: {
    readonly of: readonly number[];
    readonly by: readonly number[];
    readonly expected: readonly (StoredTensor | null)[];
  };
}

export interface OperatorDatabase {
  readonly torch: string;
  /** How many entries the database has. */
  readonly operators: number;
  readonly seed: number;
  /** Entries without a case, and why. */
  readonly silent: Readonly<Record<string, string>>;
  /** Of other entries what PyTorch itself refused to compute: the layout of the sample, and its words. */
  readonly refused: Readonly<Record<string, readonly string[]>>;
  readonly cases: ReadonlyMap<string, readonly OperatorCase[]>;
}

export function readDatabase(): OperatorDatabase {
  const path = join(__dirname, '../../golden/operator-database.jsonl.gz');
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');
  const cases = new Map<string, OperatorCase[]>();
  for (const line of lines) {
    const parsed = JSON.parse(line) as OperatorCase;
    cases.set(parsed.op, [...(cases.get(parsed.op) ?? []), parsed]);
  }
  return { ...(JSON.parse(head!) as Omit<OperatorDatabase, 'cases'>), cases };
}
