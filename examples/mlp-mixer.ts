/**
 * MLP-Mixer (Tolstikhin et al. 2021, arXiv 2105.01601): an image cut into patches, whose tokens are mixed by one MLP over the
 * patches and one over the channels, by turns. Sizes are those of Mixer-B/16.
 *
 * Shapes: B images, C channels, H x W pixels, N patches, D width of a token, K labels.
 */
import { models, nn, type Tensor } from 'torchts';

const { fields } = models;

/** What a Mixer can be told. */
export class MixerConfig extends models.modelConfig('mlp-mixer', {
  imageSize: fields.imageSize(224),
  patchSize: fields.imageSize(16),
  numChannels: fields.count(3),
  /** D */
  hiddenSize: fields.count(768),
  numHiddenLayers: fields.count(12),
  /** Width of the hidden layer over the patches. */
  tokensMlpDim: fields.count(384),
  /** Width of the hidden layer over the channels. */
  channelsMlpDim: fields.count(3072),
}) {
  override get layerCount(): number {
    return this.numHiddenLayers;
  }
}

/** Two layers with GELU between them, over the last dimension. */
class MixerMlp extends nn.Module {
  readonly fc1: nn.Linear;
  readonly fc2: nn.Linear;

  constructor(width: number, hidden: number, factory?: models.ModelFactory) {
    super();
    this.fc1 = new nn.Linear(width, hidden, factory);
    this.fc2 = new nn.Linear(hidden, width, factory);
  }

  forward(x: Tensor): Tensor {
    return this.fc2.forward(nn.functional.gelu(this.fc1.forward(x)));
  }
}

/** One block: (B, N, D) -> (B, N, D). */
class MixerBlock extends nn.Module {
  readonly norm1: nn.LayerNorm;
  readonly mlp_tokens: MixerMlp;
  readonly norm2: nn.LayerNorm;
  readonly mlp_channels: MixerMlp;

  constructor(config: MixerConfig, factory?: models.ModelFactory) {
    super();
    const { hiddenSize, tokensMlpDim, channelsMlpDim } = config;
    const [rows, columns] = fields.patchGrid(config);
    this.norm1 = new nn.LayerNorm(hiddenSize, factory);
    this.mlp_tokens = new MixerMlp(rows * columns, tokensMlpDim, factory);
    this.norm2 = new nn.LayerNorm(hiddenSize, factory);
    this.mlp_channels = new MixerMlp(hiddenSize, channelsMlpDim, factory);
  }

  forward(tokens: Tensor): Tensor {
    const patches = this.norm1.forward(tokens).transpose(1, 2); // (B, N, D) -> (B, D, N)
    const mixed = tokens.add(this.mlp_tokens.forward(patches).transpose(1, 2)); // (B, D, N) -> (B, N, D)
    return mixed.add(this.mlp_channels.forward(this.norm2.forward(mixed)));
  }
}

/** The mean token through a linear layer: (B, C, H, W) -> (B, K). */
export class MixerForImageClassification extends models.PretrainedModel<MixerConfig> {
  static readonly configClass = MixerConfig;
  readonly patch_embed: nn.Conv2d;
  readonly blocks: nn.ModuleList<MixerBlock>;
  readonly norm: nn.LayerNorm;
  readonly head: nn.Linear;

  constructor(config: MixerConfig, factory: models.ModelFactory = {}) {
    super(config);
    const { numChannels, hiddenSize, patchSize, numHiddenLayers, numLabels } = config;
    const kernel = [...fields.heightWidth(patchSize)];
    this.patch_embed = new nn.Conv2d(numChannels, hiddenSize, kernel, { stride: kernel, ...factory });
    this.blocks = new nn.ModuleList(Array.from({ length: numHiddenLayers }, () => new MixerBlock(config, factory)));
    this.norm = new nn.LayerNorm(hiddenSize, factory);
    this.head = new nn.Linear(hiddenSize, numLabels, factory);
    this.postInit();
  }

  /** What a checkpoint for other classes need not have. */
  override get headKeys(): RegExp {
    return /^head\./;
  }

  forward({ pixelValues, labels }: models.ClassificationInput): models.ClassificationOutput {
    let tokens = this.patch_embed.forward(pixelValues).flatten(2).transpose(1, 2); // (B, C, H, W) -> (B, N, D)
    for (const block of this.blocks) tokens = block.forward(tokens);
    const logits = this.head.forward(this.norm.forward(tokens).mean([1])); // (B, N, D) -> (B, K)
    return { logits, ...(labels && { loss: models.classificationLoss(logits, labels, this.config) }) };
  }
}

// From here on whatever takes a classifier of images takes this one, by the `model_type` of its configuration.
models.AutoModelForImageClassification.register(MixerForImageClassification);
