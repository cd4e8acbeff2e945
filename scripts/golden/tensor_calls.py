"""The operator calls of the goldens of ts/tensor: what a PyTorch user writes, in Python's names."""


class T(str):
    """The name of an input, where a plain string would be a string."""


a, b, row, column, cube = T("a"), T("b"), T("row"), T("column"), T("cube")
positive, square, spd, i, j = T("positive"), T("square"), T("spd"), T("i"), T("j")
small, mask, picks, image, kernel = T("small"), T("mask"), T("picks"), T("image"), T("kernel")
bias, table, cplx, double = T("bias"), T("table"), T("complex"), T("double")

# (name, positional arguments, keyword arguments): called as torch.<name>, and as method when the first is a tensor.
CALLS = [
    ("add", [a, b], {}), ("add", [a, row], {}), ("add", [column, row], {}), ("add", [a, 2], {}), ("add", [a, b], {"alpha": 3}),
    ("add", [i, 2], {}), ("add", [i, 2.5], {}), ("add", [mask, 1], {}), ("add", [mask, mask], {}), ("add", [a, double], {}),
    ("sub", [a, b], {}), ("sub", [i, 1], {"alpha": 2}), ("rsub", [a, 1], {}), ("mul", [a, column], {}), ("mul", [i, 3], {}),
    ("div", [i, j], {}), ("div", [i, 2], {}), ("div", [i, j], {"rounding_mode": "floor"}), ("div", [i, j], {"rounding_mode": "trunc"}),
    ("floor_divide", [i, j], {}), ("remainder", [i, 3], {}), ("fmod", [i, 3], {}), ("pow", [a, 2], {}), ("pow", [positive, b], {}),
    ("pow", [i, 2], {}), ("float_power", [i, 2], {}), ("true_divide", [i, j], {}), ("neg", [a], {}), ("abs", [i], {}), ("sign", [a], {}),
    ("sqrt", [positive], {}), ("rsqrt", [positive], {}), ("exp", [a], {}), ("expm1", [a], {}), ("log", [positive], {}), ("log1p", [positive], {}),
    ("log2", [positive], {}), ("sin", [a], {}), ("cos", [i], {}), ("tanh", [a], {}), ("sigmoid", [a], {}), ("erf", [a], {}), ("lgamma", [positive], {}),
    ("floor", [a], {}), ("ceil", [a], {}), ("round", [a], {}), ("round", [a], {"decimals": 1}), ("trunc", [a], {}), ("frac", [a], {}),
    ("clamp", [a, -0.5, 0.5], {}), ("clamp", [a], {"min": 0}), ("clamp", [a], {"max": 0.2}), ("clamp_min", [a, 0], {}), ("clip", [a, 0], {}),
    ("maximum", [a, b], {}), ("minimum", [a, row], {}), ("fmax", [a, b], {}), ("atan2", [a, b], {}), ("hypot", [a, b], {}), ("lerp", [a, b, 0.3], {}),
    ("eq", [i, 2], {}), ("ne", [i, j], {}), ("lt", [a, 0], {}), ("le", [i, j], {}), ("gt", [a, row], {}), ("ge", [i, 0], {}),
    ("isclose", [a, b], {"atol": 0.5}), ("isnan", [a], {}), ("isfinite", [a], {}), ("logical_and", [mask, i], {}), ("logical_not", [i], {}),
    ("bitwise_and", [i, j], {}), ("bitwise_or", [i, 1], {}), ("bitwise_not", [mask], {}), ("bitwise_left_shift", [j, 2], {}),
    ("sum", [a], {}), ("sum", [a, 1], {}), ("sum", [a, 1, True], {}), ("sum", [a, 1], {"keepdim": True}), ("sum", [cube, [0, 2]], {}),
    ("sum", [i], {}), ("sum", [mask], {}), ("sum", [a], {"dtype": "float64"}), ("sum", [a, -1], {"dtype": "float64"}),
    ("mean", [a], {}), ("mean", [cube, [1, 2]], {}), ("mean", [a, 0], {"keepdim": True}), ("mean", [i], {"dtype": "float32"}),
    ("prod", [a], {}), ("prod", [a, 1], {}), ("std", [a], {}), ("std", [a, 1], {}), ("std", [a, 1], {"correction": 0}), ("std", [a, 1], {"unbiased": False}),
    ("var", [a, 0], {"keepdim": True}), ("var", [cube, [0, 2]], {}), ("var_mean", [a, 1], {}), ("std_mean", [a], {}),
    ("max", [a], {}), ("max", [a, 1], {}), ("max", [a, 0, True], {}), ("max", [a, b], {}), ("min", [a, -1], {"keepdim": True}), ("amax", [cube, [0, 1]], {}),
    ("aminmax", [a], {"dim": 1}), ("argmax", [a], {}), ("argmax", [a, 1], {}), ("argmin", [a, 0], {"keepdim": True}), ("all", [mask], {}), ("any", [mask, 1], {}),
    ("median", [a], {}), ("median", [a, 1], {}), ("mode", [small, 1], {}), ("kthvalue", [a, 2], {}), ("quantile", [a, 0.25], {}), ("quantile", [a, 0.5], {"dim": 1}),
    ("norm", [a], {}), ("norm", [a, 1], {}), ("norm", [a, 2, 1], {}), ("norm", [a, 2], {"dim": 1, "keepdim": True}), ("logsumexp", [a, 1], {}),
    ("cumsum", [a, 1], {}), ("cumprod", [a, 0], {}), ("cummax", [a, 1], {}), ("diff", [a], {}), ("count_nonzero", [small], {}),
    ("topk", [a, 2], {}), ("topk", [a, 2], {"dim": 0, "largest": False}), ("sort", [a], {}), ("sort", [a, 0], {"descending": True}), ("sort", [small], {"stable": True}),
    ("argsort", [a], {}), ("argsort", [a], {"dim": 0, "descending": True}), ("msort", [a], {}), ("unique", [small], {}), ("unique", [small], {"return_inverse": True, "return_counts": True}),
    ("unique", [small], {"dim": 1}), ("unique_consecutive", [small], {"return_counts": True}), ("bincount", [T("picks")], {"minlength": 4}), ("histc", [a, 4, -2, 2], {}),
    ("isin", [small, picks], {}), ("searchsorted", [T("sorted"), row], {}), ("bucketize", [row, T("sorted")], {}),
    ("reshape", [a, [2, -1]], {}), ("permute", [cube, [2, 0, 1]], {}), ("transpose", [cube, 0, -1], {}), ("t", [a], {}), ("squeeze", [column], {}), ("squeeze", [column, 1], {}),
    ("unsqueeze", [a, 1], {}), ("flatten", [cube], {}), ("flatten", [cube, 1], {}), ("unflatten", [a, 1, [2, 2]], {}), ("movedim", [cube, 0, 2], {}), ("swapaxes", [cube, 0, 1], {}),
    ("flip", [a, [0, 1]], {}), ("fliplr", [a], {}), ("rot90", [a], {}), ("roll", [a, 1], {}), ("roll", [a, 1, 0], {}), ("roll", [a, [1, 2], [0, 1]], {}), ("tile", [a, [2, 1]], {}),
    ("repeat_interleave", [a, 2], {}), ("repeat_interleave", [a, 2], {"dim": 1}), ("broadcast_to", [row, [3, 4]], {}), ("narrow", [a, 1, 1, 2], {}), ("select", [a, 0, -1], {}),
    ("chunk", [a, 2, 1], {}), ("split", [a, 2], {}), ("split", [a, [1, 2]], {}), ("split", [a, [1, 3], 1], {}), ("unbind", [a], {}), ("tensor_split", [a, 2], {"dim": 1}), ("tril", [a], {}),
    ("triu", [a, 1], {}), ("diag", [square], {}), ("diagonal", [cube], {"offset": 1, "dim1": 1, "dim2": 2}), ("diag_embed", [row], {}), ("trace", [square], {}), ("kron", [row, row], {}),
    ("cat", [[a, b]], {}), ("cat", [[a, b], 1], {}), ("cat", [[a, b]], {"dim": -1}), ("stack", [[a, b]], {}), ("stack", [[a, b], 1], {}), ("hstack", [[a, b]], {}), ("vstack", [[a, b]], {}),
    ("meshgrid", [[row, row]], {"indexing": "ij"}), ("broadcast_tensors", [column, row], {}), ("block_diag", [square, picks], {}), ("cartesian_prod", [row, row], {}),
    ("gather", [a, 1, T("small")], {}), ("scatter", [a, 1, small, 0.5], {}), ("scatter", [a, 1, small, b], {}), ("scatter_add", [a, 1, small, b], {}), ("index_select", [a, 0, picks], {}),
    ("index_add", [a, 0, picks, T("pair")], {}), ("index_fill", [a, 0, picks, 9], {}), ("take", [a, picks], {}), ("take_along_dim", [a, small, 1], {}), ("masked_select", [a, mask], {}),
    ("masked_fill", [a, mask, -1], {}), ("where", [mask, a, b], {}), ("where", [mask, a, 0], {}), ("where", [mask], {}), ("nonzero", [mask], {}), ("argwhere", [mask], {}),
    ("mm", [square, a], {}), ("matmul", [cube, T("wide")], {}), ("matmul", [row, row], {}), ("bmm", [cube, T("cubes")], {}), ("mv", [a, row], {}), ("dot", [row, row], {}), ("outer", [row, row], {}),
    ("addmm", [square, square, square], {"beta": 0.5, "alpha": 2}), ("baddbmm", [T("prior"), cube, T("cubes")], {}), ("einsum", ["ij,kj->ik", a, b], {}), ("einsum", ["bij->ji", cube], {}),
    ("cdist", [a, b], {}), ("cross", [T("triple"), T("triples")], {"dim": 1}), ("inverse", [spd], {}), ("det", [square], {}), ("linalg.cholesky", [spd], {}),
    ("linalg.norm", [a], {}), ("linalg.vector_norm", [a, 1], {}), ("linalg.solve", [spd, a], {}), ("linalg.eigvalsh", [spd], {}), ("linalg.matrix_power", [square, 3], {}), ("linalg.lstsq", [T("tall"), T("target")], {}),
    ("fft.rfft", [a], {}), ("fft.fftshift", [row], {}), ("special.expit", [a], {}), ("special.xlogy", [i, positive], {}), ("softmax", [a, 1], {}), ("log_softmax", [a, -1], {}),
    ("softmax", [i, 0], {"dtype": "float32"}), ("relu", [a], {}), ("celu", [a], {"alpha": 0.7}), ("prelu", [a, T("slope")], {}), ("selu", [a], {}), ("logit", [T("rate")], {}), ("nan_to_num", [a], {}),
    ("conv2d", [image, kernel, bias], {"stride": 2, "padding": 1}), ("conv2d", [image, kernel], {"padding": [1, 0], "dilation": [2, 1]}), ("max_pool2d", [image, 2], {"stride": 1}),
    ("conv_transpose2d", [image, T("up")], {"stride": 2}), ("layer_norm", [a, [4]], {}), ("layer_norm", [a, [4], row, row], {"eps": 1e-3}), ("group_norm", [T("groups"), 2], {}),
    ("embedding", [table, small], {}), ("cosine_similarity", [a, b], {"dim": 1}), ("pairwise_distance", [a, b], {}), ("conj", [cplx], {}), ("angle", [cplx], {}), ("view_as_real", [cplx], {}), ("abs", [cplx], {}), ("mul", [cplx, 2], {}),
    ("real", [cplx], {}), ("polar", [positive, a], {}), ("complex", [a, b], {}), ("zeros_like", [i], {}), ("ones_like", [a], {"dtype": "int32"}), ("full_like", [a, 7], {}),
    ("allclose", [a, a], {}), ("equal", [a, b], {}), ("is_floating_point", [a], {}), ("result_type", [i, a], {}), ("promote_types", ["int32", "float16"], {}), ("can_cast", ["float32", "int32"], {}),
    ("result_type", [i, 1.5], {}), ("polygamma", [1, positive], {}), ("renorm", [a, 2, 0, 1], {}), ("cov", [a], {}), ("corrcoef", [a], {}), ("trapezoid", [a], {}), ("vander", [row], {}), ("combinations", [row], {}),
    ("atleast_2d", [row], {}), ("ravel", [a], {}), ("bernoulli", [T("certain")], {}), ("heaviside", [a, T("half")], {}), ("gcd", [i, j], {}), ("square", [a], {}), ("reciprocal", [a], {}), ("addcmul", [a, b, b], {"value": 0.5}), ("addcdiv", [a, b, positive], {"value": 2}),
]

# Methods that are no functions, or write in place.
METHODS = [
    ("expand", [row, 3, 4], {}), ("expand", [row, [3, -1]], {}), ("expand_as", [row, a], {}), ("repeat", [a, 2, 1], {}), ("repeat", [a, [1, 2]], {}), ("view", [a, 4, 3], {}), ("view", [a, -1], {}), ("view", [a, "int32"], {}),
    ("reshape", [a, 12], {}), ("permute", [cube, 2, 1, 0], {}), ("view_as", [a, T("tall4")], {}), ("unfold", [a, 1, 2, 1], {}), ("type_as", [i, a], {}), ("new_zeros", [a, [2]], {}), ("new_full", [a, [2], 3], {"dtype": "int64"}),
    ("add_", [a, b], {"alpha": 2}), ("mul_", [a, 2], {}), ("clamp_", [a, 0, 1], {}), ("zero_", [a], {}), ("fill_", [a, 3], {}), ("copy_", [a, row], {}), ("masked_fill_", [a, mask, 0], {}), ("index_fill_", [a, 1, picks, 1], {}),
    ("scatter_", [a, 1, small, 2], {}), ("sub_", [i, 1], {}), ("div_", [a, 2], {}), ("pow_", [a, 2], {}), ("transpose_", [a, 0, 1], {}), ("squeeze_", [column], {}), ("where", [a, mask, b], {}), ("tril_", [square], {}),
    ("float", [i], {}), ("long", [a], {}), ("bool", [a], {}), ("half", [a], {}), ("double", [a], {}), ("bfloat16", [a], {}), ("byte", [j], {}), ("int", [a], {}), ("element_size", [a], {}), ("dim", [cube], {}), ("numel", [cube], {}),
    ("is_contiguous", [a], {}), ("storage_offset", [a], {}), ("stride", [cube, 0], {}), ("size", [cube, -1], {}), ("sum_to_size", [a, [1, 4]], {}), ("unique", [small], {"return_counts": True}), ("logical_and", [mask, mask], {}),
]
