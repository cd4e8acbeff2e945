import * as torch from '../../ts/tensor';

/** A suite that needs an NVIDIA GPU; where there is none its tests are skipped, and its title says why. */
export function onGpu(title: string, body: () => void): void {
  if (torch.cuda.isAvailable()) describe(title, body);
  else describe.skip(`${title} (skipped: no NVIDIA GPU, or a libtorch without CUDA)`, body);
}

/** The largest difference between two tensors, wherever they are. */
export function distance(a: torch.Tensor, b: torch.Tensor): number {
  return Number(a.detach().to('cpu').to('float64').sub(b.detach().to('cpu').to('float64')).abs().max().item());
}
