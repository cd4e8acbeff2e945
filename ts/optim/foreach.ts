/*
 * The `_foreach` operators: one native call for a whole list of tensors, on every device; CUDA runs one kernel for it.
 * As everywhere, a name that ends in an underscore writes into its first list.
 */
import * as torch from '../tensor';
import type { OperatorCall, OperatorOverloads, Tensor } from '../tensor';

type List = readonly Tensor[];
/** What a list meets: one number for all, one each, or a tensor each. */
type Operand = number | readonly number[] | List;

const { aten } = torch.ops;

function overload(operator: OperatorOverloads | undefined, operand: Operand): OperatorCall {
  const kind = typeof operand === 'number' ? 'Scalar' : typeof operand[0] === 'number' ? 'ScalarList' : 'List';
  return (operator as OperatorOverloads)[kind] as OperatorCall;
}

type Write = (self: List, operand: Operand) => void;
type Make = (self: List, operand: Operand) => Tensor[];

const writer =
  (operator: OperatorOverloads | undefined): Write =>
  (self, operand) =>
    void overload(operator, operand)(self, operand);

const maker =
  (operator: OperatorOverloads | undefined): Make =>
  (self, operand) =>
    overload(operator, operand)(self, operand) as Tensor[];

export const mul = maker(aten['_foreach_mul']);
export const mul_ = writer(aten['_foreach_mul_']);
export const div_ = writer(aten['_foreach_div_']);
export const pow_ = writer(aten['_foreach_pow_']);
export const maximum_ = writer(aten['_foreach_maximum_']);
export const clampMin_ = writer(aten['_foreach_clamp_min_']);
export const clampMax = maker(aten['_foreach_clamp_max']);
export const clampMax_ = writer(aten['_foreach_clamp_max_']);
export const addScalars = maker(aten['_foreach_add']);
export const addScalars_ = writer(aten['_foreach_add_']);

/** `self + alpha * other` */
export function add(self: List, other: List, alpha = 1): Tensor[] {
  return aten._foreach_add.List(self, other, { alpha }) as Tensor[];
}

export function add_(self: List, other: List, alpha = 1): void {
  aten._foreach_add_.List(self, other, { alpha });
}

/** Tensors of the same device as `self`, of any type. */
export function copy_(self: List, source: List): void {
  aten._foreach_copy_.default(self, source);
}

/** `self + weight * (end - self)`, one weight for all or one each. */
export function lerp(self: List, end: List, weight: number | readonly number[]): Tensor[] {
  return overload(aten['_foreach_lerp'], weight)(self, end, weight) as Tensor[];
}

/** The Euclidean norm of each tensor, a scalar. */
export function norm(self: List): Tensor[] {
  return aten._foreach_norm.Scalar(self, 2) as Tensor[];
}

export function lerp_(self: List, end: List, weight: number | readonly number[]): void {
  overload(aten['_foreach_lerp_'], weight)(self, end, weight);
}

/** `self + value * a * b`, one value for all. */
export function addcmul(self: List, a: List, b: List, value = 1): Tensor[] {
  return aten._foreach_addcmul.Scalar(self, a, b, value) as Tensor[];
}

export function addcmul_(self: List, a: List, b: List, value = 1): void {
  aten._foreach_addcmul_.Scalar(self, a, b, value);
}

/** `self + value * a / b`, one value for all or one each. */
export function addcdiv_(self: List, a: List, b: List, value: number | readonly number[] = 1): void {
  overload(aten['_foreach_addcdiv_'], value)(self, a, b, value);
}

type Unary = (self: List) => Tensor[];
type Unary_ = (self: List) => void;

export const neg: Unary = (self) => aten._foreach_neg.default(self) as Tensor[];
export const neg_: Unary_ = (self) => void aten._foreach_neg_.default(self);
export const abs: Unary = (self) => aten._foreach_abs.default(self) as Tensor[];
export const sqrt: Unary = (self) => aten._foreach_sqrt.default(self) as Tensor[];
export const sqrt_: Unary_ = (self) => void aten._foreach_sqrt_.default(self);
export const sign: Unary = (self) => aten._foreach_sign.default(self) as Tensor[];
export const sign_: Unary_ = (self) => void aten._foreach_sign_.default(self);
export const expm1_: Unary_ = (self) => void aten._foreach_expm1_.default(self);
export const reciprocal_: Unary_ = (self) => void aten._foreach_reciprocal_.default(self);
