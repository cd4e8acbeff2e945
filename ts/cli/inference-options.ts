import { type Command, Option } from 'commander';

/** `--precision` and `--no-compile`, of the commands that run a model and do not train it. */
export function addInferenceOptions(command: Command): Command {
  const precision = 'what products are computed in, on the CPU (default: float32)';
  return command
    .addOption(
      new Option('--precision <name>', precision).choices(['float32', 'bfloat16', 'int8']).conflicts('compile'),
    )
    .option('--no-compile', 'run the model as it is, to the same bits in each run');
}
