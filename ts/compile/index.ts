/** torch.compile: modules whose forward runs as one native call. */
export { compile, CompiledModule, type CompileOptions } from './compiled-module';
