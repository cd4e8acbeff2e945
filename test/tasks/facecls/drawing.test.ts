import assert from 'node:assert/strict';
import { Rng } from '../../../ts/data/rng';
import {
  drawnAttributes,
  hairStyles,
  hats,
  imagine,
  labelsOf,
  mouths,
  type Drawing,
  type DrawnAttribute,
} from '../../../ts/tasks/facecls/drawing';
import { render } from '../../../ts/tasks/facecls/synth';
import { decodeImage, type RgbImage } from '../../../ts/vision/image';

const plain: Drawing = {
  head: { kind: 'hair', style: 'shortFlat', colour: 'Black_Hair' },
  mouth: 'serious',
  facialHair: 'none',
  glasses: false,
  pale: false,
};
const hair = (
  style: keyof typeof hairStyles,
  colour: 'Black_Hair' | 'Blond_Hair' | 'Brown_Hair' | 'Gray_Hair' = 'Black_Hair',
): Drawing => ({ ...plain, head: { kind: 'hair', style, colour } });
const attributesOf = (drawing: Drawing) => drawnAttributes.filter((_, index) => labelsOf(drawing)[index]);

async function draw(drawing: Drawing, size = 64, seed = 1): Promise<RgbImage> {
  return decodeImage(await render(drawing, new Rng(seed), size));
}

/** Pixels that differ clearly between two images. */
function clearlyDifferent(one: RgbImage, other: RgbImage): number {
  let count = 0;
  for (let at = 0; at < one.data.length; at += 3) {
    const distance = [0, 1, 2].reduce(
      (sum, channel) => sum + Math.abs(one.data[at + channel]! - other.data[at + channel]!),
      0,
    );
    if (distance > 90) count++;
  }
  return count;
}

/** Share of a patch of the middle of the forehead that is dark, which black hair is and skin is not. */
function foreheadCovered({ data, width, height }: RgbImage): number {
  let dark = 0;
  let all = 0;
  for (let y = Math.round(0.227 * height); y < 0.295 * height; y++) {
    for (let x = Math.round(0.37 * width); x < 0.63 * width; x++, all++) {
      const at = 3 * (y * width + x);
      if (data[at]! + data[at + 1]! + data[at + 2]! < 250) dark++;
    }
  }
  return dark / all;
}

describe('drawn faces', () => {
  it('have at least twelve attributes, with names of CelebA', () => {
    assert.ok(drawnAttributes.length >= 12);
    const official =
      'Bald Bangs Black_Hair Blond_Hair Brown_Hair Eyeglasses Gray_Hair Mouth_Slightly_Open Mustache No_Beard Pale_Skin Smiling Straight_Hair Wavy_Hair Wearing_Hat';
    assert.equal(drawnAttributes.join(' '), official);
  });

  it('have each attribute in at least 10 and at most 90 of 100', () => {
    const counts = drawnAttributes.map(() => 0);
    for (let index = 0; index < 4000; index++)
      labelsOf(imagine(new Rng(0, 0, index))).forEach((label, attribute) => (counts[attribute]! += Number(label)));
    drawnAttributes.forEach((name, index) =>
      assert.ok(counts[index]! >= 400 && counts[index]! <= 3600, `${name}: ${counts[index]} of 4000`),
    );
  });

  describe('are labelled with what they show:', () => {
    const examples: [what: string, drawing: Drawing, attributes: DrawnAttribute[]][] = [
      ['short black hair', plain, ['Black_Hair', 'No_Beard', 'Straight_Hair']],
      ['long grey waves with bangs', hair('curvy', 'Gray_Hair'), ['Bangs', 'Gray_Hair', 'No_Beard', 'Wavy_Hair']],
      ['a hat, which hides the hair', { ...plain, head: { kind: 'hat' } }, ['No_Beard', 'Wearing_Hat']],
      ['a bald head', { ...plain, head: { kind: 'bald' } }, ['Bald', 'No_Beard']],
      [
        'a beard, which comes with a moustache',
        { ...plain, head: { kind: 'bald' }, facialHair: 'beard' },
        ['Bald', 'Mustache'],
      ],
      ['a moustache', { ...plain, head: { kind: 'bald' }, facialHair: 'moustache' }, ['Bald', 'Mustache', 'No_Beard']],
      [
        'an open smile, pale, with glasses',
        { ...plain, head: { kind: 'hat' }, mouth: 'smile', pale: true, glasses: true },
        ['Eyeglasses', 'Mouth_Slightly_Open', 'No_Beard', 'Pale_Skin', 'Smiling', 'Wearing_Hat'],
      ],
    ];
    for (const [what, drawing, attributes] of examples)
      it(what, () => assert.deepEqual(attributesOf(drawing), attributes));
  });

  for (const [style, { bangs }] of Object.entries(hairStyles)) {
    it(`${style} ${bangs ? 'covers more than half of the forehead' : 'leaves the forehead free'}`, async () => {
      const covered = foreheadCovered(await draw(hair(style as keyof typeof hairStyles), 192));
      assert.ok(bangs ? covered > 0.5 : covered < 0.1, `${covered.toFixed(2)} is covered`);
    });
  }

  it('show no hair under a hat and on a bald head', async () => {
    // The only thing that the hair's colour could change is the beard, which there is none of.
    for (const kind of ['hat', 'bald'] as const) {
      for (let seed = 0; seed < 3 * hats.length; seed++) {
        const { data } = await draw({ ...plain, head: { kind } }, 64, seed);
        let blond = 0;
        for (let at = 0; at < data.length; at += 3)
          if (data[at]! > 215 && data[at + 1]! > 180 && data[at + 2]! < 110) blond++;
        assert.equal(blond, 0);
      }
    }
  });

  describe('change visibly at 64 pixels with', () => {
    const pairs: Record<string, [Drawing, Drawing]> = {
      Bald: [plain, { ...plain, head: { kind: 'bald' } }],
      Bangs: [hair('bun'), hair('bob')],
      Black_Hair: [hair('bob', 'Black_Hair'), hair('bob', 'Brown_Hair')],
      Blond_Hair: [hair('bob', 'Blond_Hair'), hair('bob', 'Gray_Hair')],
      Eyeglasses: [plain, { ...plain, glasses: true }],
      Mustache: [plain, { ...plain, facialHair: 'moustache' }],
      No_Beard: [
        { ...plain, facialHair: 'moustache' },
        { ...plain, facialHair: 'beard' },
      ],
      Pale_Skin: [plain, { ...plain, pale: true }],
      Wavy_Hair: [hair('shortFlat'), hair('shortCurly')],
      Wearing_Hat: [plain, { ...plain, head: { kind: 'hat' } }],
    };
    for (const [attribute, [one, other]] of Object.entries(pairs)) {
      it(attribute, async () => {
        const pixels = clearlyDifferent(await draw(one), await draw(other));
        assert.ok(pixels >= 25, `${pixels} pixels differ`);
      });
    }

    it('Smiling and Mouth_Slightly_Open, each kind of mouth from each other kind', async () => {
      const kinds = Object.keys(mouths) as (keyof typeof mouths)[];
      const drawn = await Promise.all(kinds.map((mouth) => draw({ ...plain, mouth })));
      kinds.forEach((one, i) =>
        kinds.forEach((other, j) => {
          const same = mouths[one].smiling === mouths[other].smiling && mouths[one].open === mouths[other].open;
          const pixels = clearlyDifferent(drawn[i]!, drawn[j]!);
          assert.ok(same || pixels >= 8, `${one} and ${other}: ${pixels} pixels differ`);
        }),
      );
    });
  });
});
