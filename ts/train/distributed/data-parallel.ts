/**
 * One training in several processes. Each has the whole model and a part of every batch; the gradients are averaged while the backward
 * pass runs, so that a step is that of one process with the whole batch. What the loop decides by is the same everywhere: the means of
 * the step, the time that the first process has measured, and what any of them was asked for.
 */
import { broadcastCoalesced } from '../../distributed';
import { InputError } from '../../errors';
import { Module, Parameter } from '../../nn';
import { DistributedDataParallel } from '../../nn/parallel';
import * as torch from '../../tensor';
import type { FitSettings } from '../fit-options';
import type { StepRecord } from '../state';
import { Steering, type Steered } from '../controls';
import type { EvaluationLog } from '../tracking/tracker';
import type { LossAndTerms, LossTotals } from '../types';
import { AgreedSteering } from './agreed-steering';
import type { Processes } from './processes';

/** Totals of a loss that travel with the number of samples. */
const TOTALS = 8;

export class DataParallel<Batch> {
  /** The settings of this process: its part of the data, and its part of the loss. */
  readonly settings: FitSettings<Batch>;
  readonly #processes: Processes;
  readonly #whole: FitSettings<Batch>;
  readonly #abort = new AbortController();
  #ddp: DistributedDataParallel<BatchLoss<Batch>> | undefined;
  #trained: readonly Parameter[] = [];
  /** Those of them that the loss of the last step used. */
  #used: readonly Parameter[] = [];
  /** Of the running batch. */
  #part: Part = { share: 1, isLast: true };

  /** @throws InputError for data that cannot be divided */
  constructor(processes: Processes, whole: FitSettings<Batch>) {
    const { data, count, release, evaluate, tracking, dashboard } = whole;
    if (typeof data.shard !== 'function')
      throw new InputError(
        `fit: expected data that ${processes.size} processes can divide (a DataLoader, or { batches, epoch, shard }), found none with shard; ` +
          'write it, or pass distributed: false for trainings that do not know of each other',
      );
    this.#processes = processes;
    this.#whole = whole;
    const { isFirst } = processes;
    const part = {
      ...whole,
      data: data.shard(processes.rank, processes.size),
      loss: (batch: Batch | null) => this.#loss(batch),
      count: (batch: Batch | null) => (batch === null ? 0 : count(batch)),
      release: (batch: Batch | null) => void (batch !== null && release(batch)),
      evaluate: async (signal: AbortSignal, log: EvaluationLog) =>
        processes.ofFirst((await processes.meet(() => evaluate(signal, log))).value),
      signal: this.#abort.signal,
      tracking: isFirst ? tracking : { tensorboard: false, mlflow: false },
      dashboard: isFirst ? dashboard : undefined,
    };
    // The loop hands batches on as they come, and null is one of them.
    this.settings = part as unknown as FitSettings<Batch>;
  }

  /** The number of a batch among the parts of all, by which its random numbers are chosen. */
  position(batch: number): number {
    return batch * this.#processes.size + this.#processes.rank;
  }

  /** Makes ready for the parameters that train from here on, the first time with those of the first process. */
  follow(): void {
    const { model } = this.#whole;
    const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
    const isKnown = trained.length === this.#trained.length && trained.every((one, i) => one === this.#trained[i]);
    if (isKnown && this.#ddp) return;
    const isFirstTime = this.#ddp === undefined;
    this.#trained = this.#used = trained;
    this.#ddp = new DistributedDataParallel(new BatchLoss(this.#whole), {
      processGroup: this.#processes.group,
      initSync: isFirstTime,
      broadcastBuffers: false,
      // A model may have parameters that its loss does not use. The buckets then stay what they are, which a resume with the same bits
      // needs: in others the same numbers may be added in another order.
      findUnusedParameters: true,
    });
    if (isFirstTime) this.#syncBuffers();
  }

  /** Makes ready for the optimizer's step, once the gradients are those of the whole batches. */
  endBackward(): void {
    this.#used = this.#trained.filter(({ grad }) => grad !== null);
    this.#syncBuffers();
  }

  /** Makes the buffers, such as the statistics of normalisations, those of the first process. */
  #syncBuffers(): void {
    broadcastCoalesced(this.#whole.model.buffers(), 0, { group: this.#processes.group });
  }

  /**
   * Finds out how much of the whole batch this process has.
   * @param isLast whether the gradients are averaged after it
   * @throws InputError where no process has a sample
   */
  async weigh(batch: Batch, isLast: boolean): Promise<void> {
    const { totals } = this.#whole;
    const samples = this.settings.count(batch);
    const own = samples > 0 && totals ? Object.entries(totals(batch)) : [];
    if (own.length > TOTALS)
      throw new InputError(`fit: expected at most ${TOTALS} totals, found ${own.map(([name]) => name).join(', ')}`);
    const padded = Array.from({ length: TOTALS }, (_, i) => own[i]?.[1] ?? 0);
    const [all, ...sums] = await this.#processes.sum([samples, ...padded]);
    if (all === 0) throw new InputError('fit: expected a sample in a batch of training, found none in any process');
    const { size } = this.#processes;
    this.#part = totals
      ? { isLast, share: 1, totals: Object.fromEntries(own.map(([name], i) => [name, sums[i]! / size])) }
      : { isLast, share: (size * samples) / all! };
  }

  /** The loss of this process's part, so that the mean over all is the loss of the batch. */
  #loss(batch: Batch | null): LossAndTerms {
    const { isLast, share, totals } = this.#part;
    const ddp = this.#ddp!;
    const isEmpty = batch === null || this.settings.count(batch) === 0;
    const run = () => ddp.forward(isEmpty ? new NoSamples(this.#used) : batch, totals);
    const { loss, terms = {} } = isLast ? run() : ddp.noSync(run);
    if (share === 1 || isEmpty) return { loss, terms };
    const scaled = Object.entries(terms).map(([name, term]) => [name, term.mul(share)] as const);
    return { loss: loss.mul(share), terms: Object.fromEntries(scaled) };
  }

  /** What a step was over all processes: the means of the whole batches, in the time of the first process. */
  async overAll(own: StepRecord): Promise<StepRecord> {
    const records = await this.#processes.gather(own);
    const names = new Set(records.flatMap(({ means }) => Object.keys(means)));
    const meanOf = (name: string) => records.reduce((sum, { means }) => sum + (means[name] ?? 0), 0) / records.length;
    return {
      means: Object.fromEntries([...names].map((name) => [name, meanOf(name)])),
      seconds: records[0]!.seconds,
      samples: records.reduce((sum, { samples }) => sum + samples, 0),
    };
  }

  /** What the first process is asked for, done in all. */
  steering(run: ConstructorParameters<typeof Steering>[0], training: Steered): AgreedSteering {
    const { signal } = this.#whole;
    const isOver = () => training.isOver() || signal.aborted;
    const own = this.#processes.isFirst ? new Steering(run, { ...training, signal, isOver }) : undefined;
    return new AgreedSteering(own, { ...training, signal, abort: this.#abort, processes: this.#processes });
  }
}

/** What is known of the part of a batch before its forward pass. */
interface Part {
  /** The factor on its loss. */
  readonly share: number;
  readonly totals?: LossTotals;
  readonly isLast: boolean;
}

/** The loss as a module, which is what gradients are averaged for. */
class BatchLoss<Batch> extends Module {
  readonly model: Module;
  /** Used by no loss: where the search for such parameters finds none, libtorch prints a warning that it is not needed. */
  readonly unused: Parameter;
  readonly #loss: FitSettings<Batch>['loss'];

  constructor({ model, loss }: Pick<FitSettings<Batch>, 'model' | 'loss'>) {
    super();
    this.model = model;
    this.unused = new Parameter(torch.zeros([1], { device: model.parameters()[0]!.device }));
    this.#loss = loss;
  }

  override forward(batch: Batch | NoSamples, totals?: LossTotals): LossAndTerms {
    if (batch instanceof NoSamples) return { loss: batch.loss };
    const { loss, terms = {} } = this.#loss(batch, totals);
    // Only what the loss itself uses is waited for.
    const detached = Object.entries(terms).map(([name, term]) => [name, term.detach()] as const);
    return { loss, terms: Object.fromEntries(detached) };
  }
}

/** In place of a batch, for a process that has no part of it: the others wait for its gradients all the same. */
class NoSamples {
  readonly #parameters: readonly Parameter[];

  /** @param parameters those that the batch would use */
  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters;
  }

  /** A loss whose gradients are zero. */
  get loss(): torch.Tensor {
    const sums = this.#parameters.map((parameter) => parameter.sum().to('float32'));
    return torch.stack(sums).mul(0).sum();
  }
}
