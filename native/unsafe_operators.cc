#include "unsafe_operators.h"

#include <algorithm>
#include <array>

namespace torchts {
namespace {

// Sorted, for a binary search.
constexpr std::array kUnsafe = std::to_array<std::string_view>({
    "_quantized::wrapped_fbgemm_linear_fp16_weight",
    "aten::_batch_norm_impl_index_backward",
    "aten::_batch_norm_no_update",
    "aten::_cholesky_solve_helper",
    "aten::_convert_indices_from_coo_to_csr",
    "aten::_convert_indices_from_csr_to_coo",
    "aten::_cummax_helper",
    "aten::_cummin_helper",
    "aten::_dyn_quant_matmul_4bit",
    "aten::_dyn_quant_pack_4bit_weight",
    "aten::_fft_c2c",
    "aten::_fft_c2r",
    "aten::_fft_r2c",
    "aten::_foreach_copy",
    "aten::_fused_moving_avg_obs_fq_helper",
    "aten::_logcumsumexp",
    "aten::_neg_view_copy",
    "aten::_nested_compute_contiguous_strides_offsets",
    "aten::_new_zeros_with_same_feature_meta",
    "aten::_nnpack_spatial_convolution",
    "aten::_pdist_backward",
    "aten::_remove_batch_dim",
    "aten::_reshape_alias",
    "aten::_reshape_alias_copy",
    "aten::_slow_conv2d_backward",
    "aten::_sobol_engine_draw",
    "aten::_sobol_engine_ff_",
    "aten::_sobol_engine_initialize_state_",
    "aten::_sobol_engine_scramble_",
    "aten::_sparse_broadcast_to",
    "aten::_stack",
    "aten::_thnn_differentiable_gru_cell_backward",
    "aten::_thnn_differentiable_lstm_cell_backward",
    "aten::_transform_bias_rescale_qkv",
    "aten::_weight_norm_interface_backward",
    "aten::batch_norm_backward",
    "aten::choose_qparams_optimized",
    "aten::mkldnn_rnn_layer_backward",
    "aten::quantized_lstm_cell",
    "aten::reflection_pad1d_backward",
    "aten::reflection_pad2d_backward",
    "c10d::check_for_nan",
    "mkldnn::_reorder_convolution_transpose_weight",
    "mkldnn::_reorder_mkldnn_rnn_layer_weight",
    "quantized::embedding_bag_2bit_prepack",
    "quantized::embedding_bag_4bit_prepack",
    "quantized::embedding_bag_byte_unpack",
    "quantized::linear_dynamic_fp16_unpacked_weight",
});
static_assert(std::is_sorted(kUnsafe.begin(), kUnsafe.end()));

}  // namespace

bool is_unsafe(std::string_view name) { return std::binary_search(kUnsafe.begin(), kUnsafe.end(), name); }

}  // namespace torchts
