import { InputError } from '../../errors';
import * as torch from '../../tensor';
import * as init from '../init';
import { Module } from '../module';
import { requireSizes, type FactoryOptions } from '../options';
import { Parameter } from '../parameter';
import * as repr from '../python-repr';
import { expandSize, type SizeN } from '../sizes';

interface ConvSizes {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: SizeN;
  readonly stride: SizeN;
  readonly dilation: SizeN;
  readonly groups: number;
  readonly bias: boolean;
}

/** What the convolutions share: sizes by dimension, the parameters, and how they print. */
export abstract class ConvNd extends Module {
  declare weight: Parameter;
  /** (outChannels) */
  declare bias: Parameter | null;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  abstract readonly padding: readonly number[] | 'same' | 'valid';

  protected constructor(options: Required<FactoryOptions> & ConvSizes, dimensions: number, transposed: boolean) {
    super();
    const { inChannels, outChannels, kernelSize, stride, dilation, groups, bias, device, dtype } = options;
    requireSizes(this.constructor.name, { inChannels, outChannels });
    requireSizes(this.constructor.name, { groups }, 1);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new InputError(
        `${this.constructor.name}: expected groups to divide both channel counts, found ${groups} for ${inChannels} and ${outChannels}`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = this.expand('kernelSize', kernelSize, dimensions);
    this.stride = this.expand('stride', stride, dimensions);
    this.dilation = this.expand('dilation', dilation, dimensions);
    this.groups = groups;
    const channels = transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
    this.weight = new Parameter(torch.empty([...channels, ...this.kernelSize], { device, dtype }));
    this.registerParameter('bias', bias ? new Parameter(torch.empty([outChannels], { device, dtype })) : null);
    this.resetParameters();
  }

  protected expand(name: string, size: SizeN, dimensions: number): number[] {
    return expandSize(this.constructor.name, name, size, dimensions);
  }

  /** Draws `weight` and `bias` anew, both uniformly within `1 / sqrt(fanIn)`, see `init.calculateFanInAndFanOut`. */
  resetParameters(): void {
    init.defaultWeightAndBias(this.weight, this.bias);
  }

  /** What stands between the padding and the groups in the printed layer. */
  protected middleRepr(): string {
    return '';
  }

  override extraRepr(): string {
    const { padding, dilation, groups, bias } = this;
    let text = `${this.inChannels}, ${this.outChannels}`;
    text += `, kernel_size=${repr.tuple(this.kernelSize)}, stride=${repr.tuple(this.stride)}`;
    if (typeof padding === 'string') text += `, padding=${padding}`;
    else if (padding.some((rows) => rows !== 0)) text += `, padding=${repr.tuple(padding)}`;
    if (dilation.some((distance) => distance !== 1)) text += `, dilation=${repr.tuple(dilation)}`;
    text += this.middleRepr();
    if (groups !== 1) text += `, groups=${groups}`;
    return bias === null ? `${text}, bias=False` : text;
  }
}
