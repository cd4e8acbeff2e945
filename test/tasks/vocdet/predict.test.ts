import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { saveDetrPth } from '../../../ts/models';
import { type PredictOptions, type Prediction, predict } from '../../../ts/tasks/vocdet/predict';
import type { Failure } from '../../../ts/tasks/images';
import { assertNumber } from '../../nn/golden';
import { onOneThread } from '../../one-thread';
import { temporaryFolder } from './fixture';
import { drawnImage, smallModel, smallWeights } from './small-detector';

describe('detections', () => {
  onOneThread();
  const folder = temporaryFolder();
  let album: string;
  let weights: string;
  let server: Server;
  let site: string;

  const all = async (inputs: string[], options: PredictOptions = {}, from = weights) => {
    const items: (Prediction | Failure)[] = [];
    for await (const item of predict(from, inputs, { threshold: 0, ...options })) items.push(item);
    return items;
  };
  const found = (item: Prediction | Failure | undefined): Prediction => {
    assert.ok(item && 'detections' in item);
    return item;
  };

  before(async () => {
    weights = await smallWeights(folder.write({}), 'own', { id2label: ['car', 'dog'] });
    const images = await Promise.all([1, 2, 3].map((number) => drawnImage(number)));
    album = folder.write({
      'a.png': images[0]!,
      'b.png': 'hello',
      'c.png': images[1]!,
      'd.png': images[2]!,
      'empty/notes.txt': '',
    });
    server = createServer((request, response) => {
      if (request.url === '/inside') response.writeHead(302, { location: 'http://10.0.0.1/secret' }).end();
      else if (request.url === '/gone') response.writeHead(404).end();
      else response.end(images[0]);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  it('have a label, a score and a box in pixels, the likeliest first', async () => {
    const item = found((await all([join(album, 'a.png')]))[0]);
    assert.deepEqual(Object.keys(item), ['source', 'detections']);
    assert.equal(item.detections.length, 8);
    for (const detection of item.detections) {
      assert.deepEqual(Object.keys(detection), ['label', 'score', 'box']);
      const { label, score, box } = detection;
      assert.ok(
        ['car', 'dog'].includes(label) &&
          score > 0 &&
          score < 1 &&
          box.length === 4 &&
          box[2] > box[0] &&
          box[3] > box[1],
      );
    }
    const scores = item.detections.map(({ score }) => score);
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    );
    const above = found((await all([join(album, 'a.png')], { threshold: scores[3] }))[0]);
    assert.deepEqual(above.detections, item.detections.slice(0, 3));
  });

  it('are the same to rounding in batches of images of one size', async () => {
    const [one, three] = [await all([album]), await all([album], { batchSize: 4 })];
    assert.deepEqual(
      three.map(({ source }) => source),
      one.map(({ source }) => source),
    );
    one.forEach((item, i) => {
      if ('error' in item) return;
      const other = found(three[i]).detections;
      item.detections.forEach(({ label, score, box }, row) => {
        assert.equal(other[row]!.label, label);
        assertNumber(other[row]!.score, score);
        box.forEach((side, k) => assert.ok(Math.abs(other[row]!.box[k]! - side) < 0.011));
      });
    });
  });

  it('go on after what cannot be read, each with its sentence', async () => {
    const inputs = [
      join(album, 'none.png'),
      album,
      join(album, 'empty'),
      `${site}/gone`,
      `${site}/inside`,
      'http://127.0.0.1:9/dead.jpg',
      `${site}/fine.png`,
    ];
    const items = await all(inputs);
    assert.deepEqual(
      items.map((item) => 'error' in item),
      [true, false, true, false, false, true, true, true, true, false],
    );
    const messages = items.flatMap((item) => ('error' in item ? [item.error.message] : []));
    const expected = [
      /^There is no file or folder .*none\.png\.$/,
      /b\.png, found text\.$/,
      /^The folder .*empty holds no images\.$/,
      /gone: the server answered 404/,
      /inside: it leads to 10\.0\.0\.1, an address of a private network/,
      /^Cannot download http:\/\/127\.0\.0\.1:9\/dead\.jpg: /,
    ];
    assert.equal(messages.length, expected.length);
    expected.forEach((pattern, i) => assert.match(messages[i]!, pattern));
  });

  it('are drawn into an album, with a list that is whole after every image', async () => {
    const output = join(folder.path(), 'deep', 'album');
    const list = () =>
      JSON.parse(readFileSync(join(output, 'annotated.json'), 'utf8')) as (Prediction & {
        file: string;
        width: number;
        height: number;
      })[];
    const seen: Prediction[] = [];
    for await (const item of predict(weights, [album], { output, threshold: 0 })) {
      if (!('error' in item)) seen.push(item);
      assert.deepEqual(
        list().map(({ source, detections }) => ({ source, detections })),
        seen,
      );
    }
    assert.deepEqual(
      list().map(({ file, width, height }) => [file, width, height]),
      [
        ['1-a.jpg', 64, 48],
        ['2-c.jpg', 64, 48],
        ['3-d.jpg', 64, 48],
      ],
    );
    assert.deepEqual(readdirSync(output).sort(), ['1-a.jpg', '2-c.jpg', '3-d.jpg', 'annotated.json']);
  });

  it("come from a .pth file of the authors' layout too", async () => {
    const file = join(folder.write({}), 'small.pth');
    saveDetrPth(smallModel({ id2label: ['car', 'dog'], encoderAttentionHeads: 8, decoderAttentionHeads: 8 }), file);
    const { detections } = found((await all([join(album, 'a.png')], {}, file))[0]);
    assert.ok(detections.length === 8 && detections.every(({ label }) => /^LABEL_[01]$/.test(label)));
  });
});
