import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { Module } from '../module';
import * as repr from '../python-repr';
import { expandSize, type SizeN } from '../sizes';
import { expected, bindOptions, type Arguments, type NoOptions } from '../options';

/** What the constructors take: rows at each side, and what they hold where that may be chosen. */
export type PadArguments = Arguments<[padding: SizeN], NoOptions, 'Pad'>;
/** {@link PadArguments} with the value of the added rows. */
export type ConstantPadArguments = Arguments<[padding: SizeN, value: number], NoOptions, 'ConstantPad'>;

function bindPad(owner: string, args: PadArguments): SizeN {
  return bindOptions(owner, {}, args, 'Pad').padding;
}

/**
 * Adds rows around the last dimensions. The padding is one number for all sides, or one for each, the last dimension
 * first: `[left, right, top, bottom, front, back]`; a negative one takes rows away.
 */
abstract class PadNd extends Module {
  readonly padding: readonly number[];

  protected constructor(padding: SizeN, dimensions: number) {
    super();
    this.padding = expandSize(new.target.name, 'padding', padding, 2 * dimensions);
  }

  forward(input: Tensor): Tensor {
    return this.pad(input);
  }

  protected abstract pad(input: Tensor): Tensor;

  override extraRepr(): string {
    return repr.tuple(this.padding);
  }
}

abstract class ConstantPad extends PadNd {
  readonly value: number;

  protected constructor(args: ConstantPadArguments, dimensions: number) {
    const { padding, value } = bindOptions(new.target.name, {}, args, 'ConstantPad');
    super(padding, dimensions);
    if (typeof value !== 'number') throw expected(new.target.name, 'a number for value', value);
    this.value = value;
  }

  protected pad(input: Tensor): Tensor {
    return torch.pad(input, this.padding, { value: this.value });
  }

  override extraRepr(): string {
    return `padding=${repr.tuple(this.padding)}, value=${this.value}`;
  }
}

abstract class ZeroPad extends PadNd {
  protected pad(input: Tensor): Tensor {
    return torch.pad(input, this.padding);
  }
}

abstract class ReflectionPad extends PadNd {
  protected pad(input: Tensor): Tensor {
    return torch.pad(input, this.padding, { mode: 'reflect' });
  }
}

abstract class ReplicationPad extends PadNd {
  protected pad(input: Tensor): Tensor {
    return torch.pad(input, this.padding, { mode: 'replicate' });
  }
}

abstract class CircularPad extends PadNd {
  protected pad(input: Tensor): Tensor {
    return torch.pad(input, this.padding, { mode: 'circular' });
  }
}

/** Adds rows of one value: (B, C, L), `[left, right]`. */
export class ConstantPad1d extends ConstantPad {
  constructor(...args: ConstantPadArguments) {
    super(args, 1);
  }
}

/** Adds rows of one value: (B, C, H, W), `[left, right, top, bottom]`. */
export class ConstantPad2d extends ConstantPad {
  constructor(...args: ConstantPadArguments) {
    super(args, 2);
  }
}

/** Adds rows of one value: (B, C, D, H, W), `[left, right, top, bottom, front, back]`. */
export class ConstantPad3d extends ConstantPad {
  constructor(...args: ConstantPadArguments) {
    super(args, 3);
  }
}

/** Adds rows of zeros: (B, C, L), `[left, right]`. */
export class ZeroPad1d extends ZeroPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 1);
  }
}

/** Adds rows of zeros: (B, C, H, W), `[left, right, top, bottom]`. */
export class ZeroPad2d extends ZeroPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 2);
  }
}

/** Adds rows of zeros: (B, C, D, H, W), `[left, right, top, bottom, front, back]`. */
export class ZeroPad3d extends ZeroPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 3);
  }
}

/** Adds rows that mirror the input without its edge: (B, C, L), `[left, right]`. */
export class ReflectionPad1d extends ReflectionPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 1);
  }
}

/** Adds rows that mirror the input without its edge: (B, C, H, W), `[left, right, top, bottom]`. */
export class ReflectionPad2d extends ReflectionPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 2);
  }
}

/** Adds rows that mirror the input without its edge: (B, C, D, H, W), `[left, right, top, bottom, front, back]`. */
export class ReflectionPad3d extends ReflectionPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 3);
  }
}

/** Adds rows that repeat the edge: (B, C, L), `[left, right]`. */
export class ReplicationPad1d extends ReplicationPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 1);
  }
}

/** Adds rows that repeat the edge: (B, C, H, W), `[left, right, top, bottom]`. */
export class ReplicationPad2d extends ReplicationPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 2);
  }
}

/** Adds rows that repeat the edge: (B, C, D, H, W), `[left, right, top, bottom, front, back]`. */
export class ReplicationPad3d extends ReplicationPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 3);
  }
}

/** Adds rows that go on at the opposite edge: (B, C, L), `[left, right]`. */
export class CircularPad1d extends CircularPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 1);
  }
}

/** Adds rows that go on at the opposite edge: (B, C, H, W), `[left, right, top, bottom]`. */
export class CircularPad2d extends CircularPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 2);
  }
}

/** Adds rows that go on at the opposite edge: (B, C, D, H, W), `[left, right, top, bottom, front, back]`. */
export class CircularPad3d extends CircularPad {
  constructor(...args: PadArguments) {
    super(bindPad(new.target.name, args), 3);
  }
}
