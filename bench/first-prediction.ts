/** A process that loads a ViT, reads a photo, prints the logits and ends. */
import { models, torch, vision } from 'torchts';
import { reply, readSettings, versions } from './worker-protocol';

async function main(): Promise<void> {
  const { checkpoint, photo, threads, device } = readSettings();
  torch.setNumThreads(threads);
  const [processor, model, image] = await Promise.all([
    vision.ImageProcessor.fromFolder(checkpoint),
    models.ViTForImageClassification.fromPretrained(checkpoint),
    vision.decodeImage(photo),
  ]);
  model.to(device);
  const pixelValues = processor.preprocess(image).to(device); // (1, C, H, W)
  const { logits } = torch.inferenceMode(() => model.forward({ pixelValues }));
  reply({ facts: versions(torch.version), check: [...(logits.toArray() as number[][])[0]!] });
}

main().catch((error: Error) => reply({ error: error.message }));
