/**
 * What a drawn face looks like, and the attributes it therefore has. The drawings are Avataaars by Pablo
 * Stanley (avataaars.com, free for personal and commercial use) as packaged by DiceBear.
 *
 * Attributes carry CelebA's names, and only those are used that the drawing decides: hair under a hat has
 * no colour and no waves here, and whether somebody is young cannot be told, so there is no such label.
 */
import type { Options as Avataaars } from '@dicebear/avataaars' with { 'resolution-mode': 'import' };
import type { Options as Avatar } from '@dicebear/core' with { 'resolution-mode': 'import' };
import type { Rng } from '../../data/rng';

/** One face: hair, a hat or neither; a mouth; perhaps glasses, a beard, a moustache. */
export interface Drawing {
  readonly head:
    | { readonly kind: 'hair'; readonly style: HairStyle; readonly colour: HairColour }
    | { readonly kind: 'hat' }
    | { readonly kind: 'bald' };
  readonly mouth: keyof typeof mouths;
  readonly facialHair: 'none' | 'moustache' | 'beard';
  readonly glasses: boolean;
  readonly pale: boolean;
}

type HairStyle = keyof typeof hairStyles;
type HairColour = keyof typeof hairColours;

/** Bangs: the hair covers more than half of the forehead. A test measures that on the drawings. */
export const hairStyles = {
  miaWallace: { bangs: true, wavy: false },
  straightAndStrand: { bangs: true, wavy: false },
  bob: { bangs: true, wavy: false },
  bun: { bangs: false, wavy: false },
  shortFlat: { bangs: false, wavy: false },
  shortRound: { bangs: false, wavy: false },
  theCaesar: { bangs: false, wavy: false },
  curvy: { bangs: true, wavy: true },
  froBand: { bangs: false, wavy: true },
  shortCurly: { bangs: false, wavy: true },
  shortWaved: { bangs: false, wavy: true },
  dreads02: { bangs: false, wavy: true },
} as const;

export const hats = ['hat', 'winterHat1', 'winterHat02', 'winterHat03', 'winterHat04'] as const;

export const mouths = {
  smile: { smiling: true, open: true },
  default: { smiling: true, open: true },
  twinkle: { smiling: true, open: false },
  serious: { smiling: false, open: false },
  sad: { smiling: false, open: false },
  concerned: { smiling: false, open: true },
  screamOpen: { smiling: false, open: true },
} as const;

const hairColours = {
  Black_Hair: ['16130f', '241c1a'],
  Blond_Hair: ['e9c65b', 'f0d77e'],
  Brown_Hair: ['6b3a1f', '84492a'],
  Gray_Hair: ['a3a4a8', 'c3c4c8'],
} as const;

const beards = ['beardMedium', 'beardMajestic', 'beardLight'] as const;
const moustaches = ['moustacheFancy', 'moustacheMagnum'] as const;
const glasses = ['prescription01', 'prescription02', 'round', 'wayfarers', 'sunglasses', 'kurt'] as const;

const paleSkin = 'ffe9da';
/** Darker than the pale one, lighter than brown hair. */
const otherSkins = ['edb98a', 'e0a070', 'd08b5b'];
const glassesColours = ['1d1d22', '25557c', '7a1f3d', '2e5235'];
const hatColours = ['d8443c', '3a6fd8', '2f9e63', 'e06fb0', '7d4fc4'];
const clothesColours = ['5199e4', 'ff5c5c', '65c9ff', 'a7ffc4', 'ffafb9', 'e6e6e6', '3c4f5c', 'ff488e'];
const backgrounds = ['b6e3f4', 'c0aede', 'd1d4f9', 'ffd5dc', 'c8e6c9', '9fd3c7', 'f7c59f', '8fb8de'];
const eyes = ['default', 'happy', 'closed', 'side', 'squint', 'surprised', 'wink', 'eyeRoll'] as const;
const eyebrows = [
  'default',
  'defaultNatural',
  'flatNatural',
  'raisedExcited',
  'raisedExcitedNatural',
  'angry',
  'angryNatural',
  'sadConcerned',
  'upDown',
] as const;
const clothes = [
  'blazerAndShirt',
  'blazerAndSweater',
  'collarAndSweater',
  'hoodie',
  'overall',
  'shirtCrewNeck',
  'shirtScoopNeck',
  'shirtVNeck',
] as const;

/** Whether a drawing has an attribute. In the order of CelebA's list. */
const attributeTests = {
  Bald: ({ head }) => head.kind === 'bald',
  Bangs: ({ head }) => head.kind === 'hair' && hairStyles[head.style].bangs,
  Black_Hair: hasHair('Black_Hair'),
  Blond_Hair: hasHair('Blond_Hair'),
  Brown_Hair: hasHair('Brown_Hair'),
  Eyeglasses: ({ glasses }) => glasses,
  Gray_Hair: hasHair('Gray_Hair'),
  Mouth_Slightly_Open: ({ mouth }) => mouths[mouth].open,
  // Each of the beards comes with a moustache.
  Mustache: ({ facialHair }) => facialHair !== 'none',
  No_Beard: ({ facialHair }) => facialHair !== 'beard',
  Pale_Skin: ({ pale }) => pale,
  Smiling: ({ mouth }) => mouths[mouth].smiling,
  Straight_Hair: ({ head }) => head.kind === 'hair' && !hairStyles[head.style].wavy,
  Wavy_Hair: ({ head }) => head.kind === 'hair' && hairStyles[head.style].wavy,
  Wearing_Hat: ({ head }) => head.kind === 'hat',
} as const satisfies Record<string, (drawing: Drawing) => boolean>;

function hasHair(colour: HairColour): (drawing: Drawing) => boolean {
  return ({ head }) => head.kind === 'hair' && head.colour === colour;
}

export type DrawnAttribute = keyof typeof attributeTests;

export const drawnAttributes = Object.keys(attributeTests) as readonly DrawnAttribute[];

/** Whether the drawing has each of `drawnAttributes`, in their order. */
export function labelsOf(drawing: Drawing): boolean[] {
  return drawnAttributes.map((name) => attributeTests[name](drawing));
}

/** Invents a face. Each attribute comes in 15 to 76 % of them. */
export function imagine(rng: Rng): Drawing {
  const keys = <Key extends string>(table: Readonly<Record<Key, unknown>>) => Object.keys(table) as Key[];
  const head = rng.uniform();
  const face = rng.uniform();
  const [smiling, open] = [rng.uniform() < 0.5, rng.uniform() < 0.5];
  return {
    head:
      head < 0.15
        ? { kind: 'bald' }
        : head < 0.35
          ? { kind: 'hat' }
          : { kind: 'hair', style: rng.pick(keys(hairStyles)), colour: rng.pick(keys(hairColours)) },
    mouth: rng.pick(keys(mouths).filter((mouth) => mouths[mouth].smiling === smiling && mouths[mouth].open === open)),
    facialHair: face < 0.24 ? 'beard' : face < 0.46 ? 'moustache' : 'none',
    glasses: rng.uniform() < 0.35,
    pale: rng.uniform() < 0.3,
  };
}

/** The options that make DiceBear draw it; `rng` decides what no attribute speaks of. */
export function avatarOptions(
  { head, mouth, facialHair, glasses: hasGlasses, pale }: Drawing,
  rng: Rng,
): Avataaars & Avatar {
  const beardColour = rng.pick(Object.values(hairColours).flat());
  const colour = head.kind === 'hair' ? rng.pick(hairColours[head.colour]) : beardColour;
  const between = (low: number, high: number) => low + rng.integer(high - low + 1);
  return {
    top: head.kind === 'hair' ? [head.style] : [rng.pick(hats)],
    topProbability: head.kind === 'bald' ? 0 : 100,
    hairColor: [colour],
    hatColor: [rng.pick(hatColours)],
    mouth: [mouth],
    facialHair: [rng.pick(facialHair === 'moustache' ? moustaches : beards)],
    facialHairProbability: facialHair === 'none' ? 0 : 100,
    facialHairColor: [colour],
    accessories: [rng.pick(glasses)],
    accessoriesProbability: hasGlasses ? 100 : 0,
    accessoriesColor: [rng.pick(glassesColours)],
    skinColor: [pale ? paleSkin : rng.pick(otherSkins)],
    eyes: [rng.pick(eyes)],
    eyebrows: [rng.pick(eyebrows)],
    clothing: [rng.pick(clothes)],
    clothesColor: [rng.pick(clothesColours)],
    backgroundColor: [rng.pick(backgrounds)],
    // The face fills the frame and its parts have their places, as in CelebA, whose faces are aligned by the eyes.
    scale: between(128, 132),
    translateX: between(-1, 1),
    translateY: between(8, 9),
  };
}
