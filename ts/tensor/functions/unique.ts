/** The distinct elements of a tensor. */
import { operator } from '../operators/operator';
import { bindArguments } from '../../options';
import type { Tensor } from '../core/tensor';

export interface UniqueOptions {
  /** Compare the slices along this dimension; without it, single elements. */
  readonly dim?: number;
  /** Ascending order; libtorch sorts on the CPU all the same. @default true */
  readonly sorted?: boolean;
  /** Return also, for each element of the input, its index among the distinct ones. @default false */
  readonly returnInverse?: boolean;
  /** Return also how often each distinct one occurs. @default false */
  readonly returnCounts?: boolean;
}

/** What makes the result an array. */
export type UniqueExtras = { readonly returnInverse: true } | { readonly returnCounts: true };

/** `torch.unique`: by name, or by position in PyTorch's order. */
export interface Unique {
  (input: Tensor, options: UniqueOptions & UniqueExtras): Tensor[];
  (input: Tensor, options?: UniqueOptions): Tensor;
  (input: Tensor, sorted: boolean, returnInverse: true, returnCounts?: boolean, dim?: number): Tensor[];
  (input: Tensor, sorted?: boolean, returnInverse?: boolean, returnCounts?: boolean, dim?: number): Tensor | Tensor[];
}

/** `torch.unique_consecutive`, likewise. */
export interface UniqueConsecutive {
  (input: Tensor, options: Omit<UniqueOptions, 'sorted'> & UniqueExtras): Tensor[];
  (input: Tensor, options?: Omit<UniqueOptions, 'sorted'>): Tensor;
  (input: Tensor, returnInverse: true, returnCounts?: boolean, dim?: number): Tensor[];
  (input: Tensor, returnInverse?: boolean, returnCounts?: boolean, dim?: number): Tensor | Tensor[];
}

const EXTRAS: { readonly returnInverse: boolean; readonly returnCounts: boolean; readonly dim: number | undefined } = {
  returnInverse: false,
  returnCounts: false,
  dim: undefined,
};

/** The addon always gives three tensors; those not asked for are empty. */
function chosen(
  results: readonly Tensor[],
  { returnInverse, returnCounts }: Pick<UniqueOptions, 'returnInverse' | 'returnCounts'>,
): Tensor | Tensor[] {
  const [values, inverse, counts] = results as [Tensor, Tensor, Tensor];
  const wanted = [values, ...(returnInverse ? [inverse] : []), ...(returnCounts ? [counts] : [])];
  for (const tensor of results) if (!wanted.includes(tensor)) tensor.dispose();
  return wanted.length === 1 ? values : wanted;
}

/** `[values, inverse?, counts?]`, or the values alone when nothing else was asked for. */
export const unique = ((input: Tensor, ...args: unknown[]): Tensor | Tensor[] => {
  const options = bindArguments('unique', { sorted: true, ...EXTRAS }, args);
  const { dim, sorted, returnInverse, returnCounts } = options;
  const results =
    dim === undefined || dim === null
      ? operator('aten', '_unique2').call([input, sorted, returnInverse, returnCounts])
      : operator('aten', 'unique_dim').call([input, dim, sorted, returnInverse, returnCounts]);
  return chosen(results as Tensor[], options);
}) as Unique;

/** Like {@link unique}, but only neighbours count as equal: an element that occurs again after another one is listed again. */
export const uniqueConsecutive = ((input: Tensor, ...args: unknown[]): Tensor | Tensor[] => {
  const options = bindArguments('uniqueConsecutive', EXTRAS, args);
  const results = operator('aten', 'unique_consecutive').call([
    input,
    options.returnInverse,
    options.returnCounts,
    options.dim,
  ]);
  return chosen(results as Tensor[], options);
}) as UniqueConsecutive;
