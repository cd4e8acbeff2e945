import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { UsageError } from '../../errors';
import * as torch from '../../tensor';
import type { RgbImage } from '../../vision/image';
import { drawText, textHeight } from '../../vision/text';
import type { FetchOptions } from '../sources/fetch';
import { type Answer, answersOf } from './answers';
import { type ClassifierOptions, FaceClassifier } from './classifier';
import { blank, encodeJpeg, paste, scaleToHeight } from './picture';
import { type Failure, loadPictures } from './predict';
import { type RelevanceMap, relevanceMaps } from './relevance';

export interface VisualizeOptions extends ClassifierOptions {
  /** Folder for the pictures. */
  readonly output: string;
  /** Attributes to explain; left out, the surest yeses of each picture. */
  readonly attributes?: readonly string[];
  /** How many of the surest yeses. @default 4 */
  readonly count?: number;
  /** How URLs are fetched. */
  readonly fetch?: FetchOptions;
}

/** A picture that was explained, and the file that shows it. */
export interface Visualization {
  readonly source: string;
  readonly file: string;
}

const MARGIN = 8;
const HEIGHT = 224;

/**
 * Writes one JPEG for each picture: the picture itself, then once for each attribute with the light on what
 * spoke for it.
 */
export async function* visualize(
  weights: string,
  inputs: readonly string[],
  options: VisualizeOptions,
): AsyncGenerator<Visualization | Failure, void, undefined> {
  const classifier = await FaceClassifier.load(weights, options);
  checkAttributes(classifier, options.attributes);
  await mkdir(options.output, { recursive: true });
  let number = 0;
  for await (const item of loadPictures(inputs, options.fetch)) {
    if ('error' in item) {
      yield item;
      continue;
    }
    const file = join(options.output, fileName(++number, item.source));
    await writeFile(file, await explain(classifier, item.image, options));
    yield { source: item.source, file };
  }
}

/** `3-face.jpg` for `/some/where/face.png?size=2`. */
function fileName(number: number, source: string): string {
  const stem = basename(source.replace(/[?#].*$/, '')).replace(/\.\w+$/, '');
  return `${number}-${stem.replace(/[^\w.-]+/g, '_').slice(0, 80)}.jpg`;
}

function checkAttributes({ attributes }: FaceClassifier, wanted: readonly string[] = []): void {
  const unknown = wanted.find((name) => !attributes.includes(name));
  if (unknown !== undefined) throw new UsageError(`The model knows no attribute "${unknown}"; it knows ${attributes.join(', ')}.`);
}

async function explain(classifier: FaceClassifier, image: RgbImage, options: VisualizeOptions): Promise<Buffer> {
  const answers = answersOf(classifier.attributes, classifier.classify([image])[0]!);
  const shown = choose(answers, options);
  const indices = shown.map(({ attribute }) => classifier.attributes.indexOf(attribute));
  const maps = torch.scoped(() => relevanceMaps(classifier.model, classifier.processor.preprocess(image).to(classifier.device), indices));
  const picture = await scaleToHeight(image, HEIGHT);
  const panels = await Promise.all(maps.map((map) => lit(picture, map)));
  return encodeJpeg(sheet([picture, ...panels], ['', ...shown.map(({ attribute, probability }) => `${attribute.replaceAll('_', ' ')} ${Math.round(100 * probability)} %`)]));
}

function choose(answers: readonly Answer[], { attributes, count = 4 }: VisualizeOptions): Answer[] {
  if (attributes) return answers.filter(({ attribute }) => attributes.includes(attribute));
  return [...answers].sort((a, b) => b.probability - a.probability).slice(0, count);
}

/** The picture, dark where the map is low. */
async function lit({ data, width, height }: RgbImage, { rows, columns, values }: RelevanceMap): Promise<RgbImage> {
  const bytes = Uint8Array.from(values, (value) => Math.round(255 * value));
  const smooth = sharp(bytes, { raw: { width: columns, height: rows, channels: 1 } }).resize(width, height, { fit: 'fill', kernel: 'cubic' });
  const light = await smooth.extractChannel(0).raw().toBuffer();
  return { data: data.map((value, i) => Math.round(value * (0.25 + (0.75 * light[Math.floor(i / 3)]!) / 255))), width, height };
}

function sheet(panels: readonly RgbImage[], titles: readonly string[]): RgbImage {
  const width = Math.max(140, panels[0]!.width);
  const page = blank(MARGIN + panels.length * (width + MARGIN), HEIGHT + textHeight() + 2 * MARGIN);
  panels.forEach((panel, i) => {
    const x = MARGIN + i * (width + MARGIN);
    drawText(page, titles[i]!, x, MARGIN / 2, { colour: [40, 44, 50] });
    paste(page, panel, x, MARGIN + textHeight());
  });
  return page;
}
