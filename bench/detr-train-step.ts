/** One training step of DETR-R50 as the paper trains it: forward, matching, losses of all layers, backward, clipping, AdamW. */
import { models, nn, optim, torch } from 'torchts';
import { peakBytes, seconds } from './clock';
import { takeTurns } from './worker-protocol';

/** Objects in each image. */
const OBJECTS = [7, 3];

void takeTurns(async ({ detector, device, smoke }) => {
  const model = (await models.DetrForObjectDetection.fromPretrained(detector, { auxiliaryLoss: true })).train();
  model.model.backbone.trainStages([2, 3, 4]);
  model.to(device);
  const trained = model.namedParameters().filter(([, { requiresGrad }]) => requiresGrad);
  const [backbone, others] = [true, false].map((isBackbone) =>
    trained.filter(([name]) => name.includes('.backbone.') === isBackbone).map(([, parameter]) => parameter),
  );
  const optimizer = new optim.AdamW([{ params: backbone!, lr: 1e-5 }, { params: others! }], {
    lr: 1e-4,
    weightDecay: 1e-4,
  });
  const parameters = [...backbone!, ...others!];

  torch.manualSeed(0);
  const pixelValues = torch.randn([OBJECTS.length, 3, ...(smoke ? [96, 128] : [480, 640])]).to(device); // (B, C, H, W)
  const labels = OBJECTS.map((count) => ({
    classLabels: torch.randint(0, model.config.numLabels, [count]).to({ device, dtype: 'int64' }),
    boxes: torch.rand([count, 4]).mul_(0.5).add_(0.1).to(device), // (M, 4), centre and size
  }));

  const step = (): number =>
    torch.scope(() => {
      optimizer.zeroGrad();
      const { loss } = model.forward({ pixelValues, labels });
      loss!.backward();
      nn.utils.clipGradNorm(parameters, 0.1);
      optimizer.step();
      return Number(loss!.item());
    });
  return { check: [step(), step()], measures: { step: () => seconds(device, step), peak: () => peakBytes(device) } };
});
