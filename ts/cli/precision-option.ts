import { Option } from 'commander';

/** `--precision`, of the commands that run a model and do not train it. */
export function precisionOption(): Option {
  const text = 'compile the model, for the CPU, to compute in this (default: it runs as it is)';
  return new Option('--precision <name>', text).choices(['float32', 'bfloat16', 'int8']);
}
