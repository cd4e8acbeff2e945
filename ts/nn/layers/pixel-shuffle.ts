import * as torch from '../../tensor';
import type { Tensor } from '../../tensor';
import { Module } from '../module';
import { requireSizes, bindOptions, type Arguments, type NoOptions } from '../options';

/** Turns channels into pixels: (*, C·r², H, W) -> (*, C, H·r, W·r) (Shi et al. 2016, arXiv 1609.05158). */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(...args: Arguments<[upscaleFactor: number], NoOptions, 'PixelShuffle'>) {
    super();
    const { upscaleFactor } = bindOptions('PixelShuffle', {}, args);
    this.upscaleFactor = upscaleFactor;
    requireSizes('PixelShuffle', { upscaleFactor }, 1);
  }

  forward(input: Tensor): Tensor {
    return torch.pixelShuffle(input, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

/** Turns pixels into channels: (*, C, H·r, W·r) -> (*, C·r², H, W). */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(...args: Arguments<[downscaleFactor: number], NoOptions, 'PixelUnshuffle'>) {
    super();
    const { downscaleFactor } = bindOptions('PixelUnshuffle', {}, args);
    this.downscaleFactor = downscaleFactor;
    requireSizes('PixelUnshuffle', { downscaleFactor }, 1);
  }

  forward(input: Tensor): Tensor {
    return torch.pixelUnshuffle(input, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}

/** Mixes the channels of the groups before it: (B, C, *), C a multiple of `groups` (Zhang et al. 2017, arXiv 1707.01083). */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(...args: Arguments<[groups: number], NoOptions, 'ChannelShuffle'>) {
    super();
    const { groups } = bindOptions('ChannelShuffle', {}, args);
    this.groups = groups;
    requireSizes('ChannelShuffle', { groups }, 1);
  }

  forward(input: Tensor): Tensor {
    return torch.channelShuffle(input, this.groups);
  }

  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
