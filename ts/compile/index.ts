/** torch.compile: modules whose forward runs as one native call. */
export { compile, CompiledModule, type CompileOptions } from './compiled-module';
export type { CalibrationInputs } from './calibrate';
export type { Precision } from './precision';
