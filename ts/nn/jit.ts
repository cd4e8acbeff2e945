/** torch.jit: TorchScript modules, which need no TypeScript to run. */
import { InputError } from '../errors';
import { readInput, type FileInput, type StreamInput } from '../native/byte-source';
import { loadScript, traceScript, type Device, type ScriptModule, type Tensor, type Traceable } from '../tensor';
import type { Module } from './module';
import { checkOptions, expected } from '../options';

export { ScriptModule, type Traceable } from '../tensor';

/**
 * Reads a TorchScript file, its bytes, or a stream of them, as `torch.jit.save` in Python, C++ or here writes it.
 * @param input path or URL of a file, its bytes, or a stream, which makes the result a promise
 * @param options.device where the tensors go; where they were when saved, if left out
 * @throws InputError for a file that is not there or nested too deep, TorchError for one that is no TorchScript
 */
export function load(input: FileInput, options?: LoadScriptOptions): ScriptModule;
export function load(input: StreamInput, options?: LoadScriptOptions): Promise<ScriptModule>;
export function load(
  input: FileInput | StreamInput,
  options: LoadScriptOptions = {},
): ScriptModule | Promise<ScriptModule> {
  checkOptions('jit.load', options, ['device']);
  return readInput(input, (whole) => loadScript(whole, options.device ?? null));
}

export interface LoadScriptOptions {
  /** Where the tensors go. @default where they were when saved */
  readonly device?: Device;
}

export interface TraceOptions {
  /** The module whose parameters and buffers become the script's. @default the traced module */
  readonly module?: Module;
  /** Names of the inputs. @default input0, input1, … */
  readonly inputNames?: readonly string[];
}

/**
 * Runs a module, or a function over one, and makes a TorchScript module of the operators that ran. What depends on more
 * than the operators is fixed as it was: sizes that the code read, branches that it took, training or evaluation mode; modes that
 * it set inside (`noGrad`) and hooks are not part of it.
 *
 *     const script = torch.jit.trace(model, [example]);
 *     const script = torch.jit.trace((x) => model.forward({ pixelValues: x }).logits, [example], { module: model });
 *
 * @param inputs example tensors, one a parameter
 * @throws what the traced code throws
 */
export function trace(target: Module | Traceable, inputs: readonly Tensor[], options: TraceOptions = {}): ScriptModule {
  checkOptions('jit.trace', options, ['module', 'inputNames']);
  const { module, inputNames } = options;
  if (typeof target !== 'function' && typeof (target as Partial<Module> | null)?.forward !== 'function')
    throw expected('jit.trace', 'a module or a function to trace', target, '', InputError);
  if (!Array.isArray(inputs)) throw expected('jit.trace', 'a list of tensors for inputs', inputs, '', InputError);
  const owner = module ?? (typeof target === 'function' ? undefined : target);
  const forward = typeof target === 'function' ? target : (target.forward.bind(target) as Traceable);
  const names = inputNames ?? inputs.map((_, i) => `input${i}`);
  if (names.length !== inputs.length)
    throw new InputError(`jit.trace: expected ${inputs.length} inputNames, found ${names.length}`);
  return traceScript(forward, inputs, {
    name: owner?.constructor.name.replace(/\W/g, '_') || 'Traced',
    parameters: owner?.namedParameters() ?? [],
    buffers: owner?.namedBuffers() ?? [],
    inputNames: names,
  });
}
