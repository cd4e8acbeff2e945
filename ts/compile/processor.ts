/** What the processor, and what libtorch makes of it, can do for precisions below float32; found by trying, once. */
import * as torch from '../tensor';

/**
 * Whether products of 8-bit integers saturate: without VNNI, oneDNN adds pairs of them in 16 bits (u8 255 times s8 127, twice, is 64770),
 * so that activations may have 7 bits only.
 */
export const saturates: () => boolean = once(() => {
  const { onednn } = torch.ops;
  const [rows, width] = [4, 64];
  const weight = torch.full([width, width], 127, { dtype: 'int8' });
  const packed = onednn!.qlinear_prepack!.default!(weight, null);
  const scale = torch.ones([width]);
  const zeros = torch.zeros([width], { dtype: 'int32' });
  const input = torch.full([rows, width], 255, { dtype: 'uint8' });
  const product = onednn!.qlinear_pointwise!.default!(
    input,
    1,
    0,
    packed as torch.Tensor,
    scale,
    zeros,
    null,
    1,
    0,
    'float32',
    'none',
    [],
    '',
  );
  return (product as torch.Tensor).max().item() !== 255 * 127 * width;
});

/** Whether oneDNN has products in bfloat16 for this processor: on x86 they take AVX-512 or AVX-NE-CONVERT. */
export const hasBfloat16: () => boolean = once(() => {
  try {
    torch.ops.mkldnn!._reorder_linear_weight!.default!(torch.ones([2, 2], { dtype: 'bfloat16' }));
    return true;
  } catch {
    return false;
  }
});

function once(probe: () => boolean): () => boolean {
  let known: boolean | undefined;
  return () => (known ??= torch.noGrad(() => torch.scoped(probe)));
}
