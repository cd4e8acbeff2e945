import assert from 'node:assert/strict';
import sharp from 'sharp';
import { type Prediction, predictionImage } from '../../../ts/tasks/facecls/predictions';

describe('an image with answers', () => {
  const image = { data: new Uint8Array(40 * 60 * 3).fill(90), width: 40, height: 60 };
  const size = async (replies: Prediction[]) => {
    const { width, height, format } = await sharp(await predictionImage(image, replies)).metadata();
    assert.equal(format, 'jpeg');
    return { width: width!, height: height! };
  };

  it('is wider than the image by the text', async () => {
    const { width } = await size([]);
    const text = await size([{ attribute: 'Smiling', probability: 0.9 }]);
    const long = await size([{ attribute: 'Mouth_Slightly_Open', probability: 0.9 }]);
    assert.ok(width < text.width && text.width < long.width);
  });

  it('says no word on what is not there, unless it was missed', async () => {
    const { width } = await size([]);
    assert.equal((await size([{ attribute: 'Smiling', probability: 0.2 }])).width, width);
    assert.equal((await size([{ attribute: 'Smiling', probability: 0.2, label: false }])).width, width);
    assert.ok((await size([{ attribute: 'Smiling', probability: 0.2, label: true }])).width > width);
  });

  it('grows with the number of lines', async () => {
    const replies = Array.from({ length: 40 }, (_, i) => ({ attribute: `Attribute_${i}`, probability: 0.9 }));
    assert.ok((await size(replies)).height > (await size(replies.slice(0, 2))).height);
  });
});
