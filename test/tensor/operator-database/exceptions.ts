/** Entries of the database that do not give what PyTorch gives, and why. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'nn.functional.linear_cross_entropy.chunked':
    'PyTorch computes it by an operator that is written in Python (torch_nn::_linear_cross_entropy_batch_chunked)',
  'nn.functional.linear_cross_entropy.chunked_none':
    'PyTorch computes it by an operator that is written in Python (torch_nn::_linear_cross_entropy_batch_chunked_no_reduction)',
};
