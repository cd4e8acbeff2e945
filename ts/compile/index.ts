/** torch.compile: modules whose forward runs as one native call. */
export { compile, CompiledModule } from './compiled-module';
export type { CompileOptions } from './options';
export type { CalibrationInputs } from './calibrate';
export { Calibration, loadCompileOptions, type CalibrationJson, type SavedCompileOptions } from './calibration';
export { PRECISIONS, type Precision } from './precision';
