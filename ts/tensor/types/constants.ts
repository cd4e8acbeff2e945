/** Names under which PyTorch has element types, memory formats, layouts and numbers: `torch.float32 === 'float32'`. */

/** Element type `'uint8'`. */
export const uint8 = 'uint8';
/** Element type `'int8'`. */
export const int8 = 'int8';
/** Element type `'int16'`. */
export const int16 = 'int16';
/** Element type `'int16'`. */
export const short = 'int16';
/** Element type `'int32'`. */
export const int32 = 'int32';
/** Element type `'int32'`. */
export const int = 'int32';
/** Element type `'int64'`. */
export const int64 = 'int64';
/** Element type `'int64'`. */
export const long = 'int64';
/** Element type `'uint16'`. */
export const uint16 = 'uint16';
/** Element type `'uint32'`. */
export const uint32 = 'uint32';
/** Element type `'uint64'`. */
export const uint64 = 'uint64';
/** Element type `'float16'`. */
export const float16 = 'float16';
/** Element type `'float16'`. */
export const half = 'float16';
/** Element type `'bfloat16'`. */
export const bfloat16 = 'bfloat16';
/** Element type `'float32'`. */
export const float32 = 'float32';
/** Element type `'float32'`. */
export const float = 'float32';
/** Element type `'float64'`. */
export const float64 = 'float64';
/** Element type `'float64'`. */
export const double = 'float64';
/** Element type `'complex32'`. */
export const complex32 = 'complex32';
/** Element type `'complex64'`. */
export const complex64 = 'complex64';
/** Element type `'complex64'`. */
export const cfloat = 'complex64';
/** Element type `'complex128'`. */
export const complex128 = 'complex128';
/** Element type `'complex128'`. */
export const cdouble = 'complex128';
/** Element type `'bool'`. */
export const bool = 'bool';
/** Element type `'float8_e5m2'`. */
export const float8_e5m2 = 'float8_e5m2';
/** Element type `'float8_e4m3fn'`. */
export const float8_e4m3fn = 'float8_e4m3fn';
/** Element type `'float8_e5m2fnuz'`. */
export const float8_e5m2fnuz = 'float8_e5m2fnuz';
/** Element type `'float8_e4m3fnuz'`. */
export const float8_e4m3fnuz = 'float8_e4m3fnuz';
/** Element type `'float8_e8m0fnu'`. */
export const float8_e8m0fnu = 'float8_e8m0fnu';
/** Element type `'qint8'`. */
export const qint8 = 'qint8';
/** Element type `'quint8'`. */
export const quint8 = 'quint8';
/** Element type `'qint32'`. */
export const qint32 = 'qint32';

/** Memory format `'contiguous'`: the last dimension is the innermost. */
export const contiguousFormat = 'contiguous';
/** Memory format `'preserve'`: that of the input. */
export const preserveFormat = 'preserve';
/** Memory format `'channels_last'` of four dimensions. */
export const channelsLast = 'channels_last';
/** Memory format `'channels_last_3d'` of five dimensions. */
export const channelsLast3d = 'channels_last_3d';

/** Layout `'strided'` of dense tensors. */
export const strided = 'strided';
/** Layout `'sparse_coo'`. */
export const sparseCoo = 'sparse_coo';
/** Layout `'sparse_csr'`. */
export const sparseCsr = 'sparse_csr';
/** Layout `'sparse_csc'`. */
export const sparseCsc = 'sparse_csc';
/** Layout `'sparse_bsr'`. */
export const sparseBsr = 'sparse_bsr';
/** Layout `'sparse_bsc'`. */
export const sparseBsc = 'sparse_bsc';

/** Infinity. */
export const inf = Infinity;
/** Not a number. */
export const nan = NaN;
/** 3.14159…, half the circumference of the unit circle. */
export const pi = Math.PI;
/** 2.71828…, the base of natural logarithms. */
export const e = Math.E;
/** `x.index(torch.newaxis)` adds a dimension, as null does. */
export const newaxis = null;
