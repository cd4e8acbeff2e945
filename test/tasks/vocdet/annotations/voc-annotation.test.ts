import assert from 'node:assert/strict';
import { resolveTargets } from '../../../../ts/tasks/vocdet/annotations/annotation';
import { ClassList } from '../../../../ts/tasks/vocdet/annotations/classes';
import { parseVocAnnotation } from '../../../../ts/tasks/vocdet/annotations/voc-annotation';
import { object, vocXml } from '../fixture';

const parse = (xml: string | Buffer) => parseVocAnnotation(Buffer.from(xml), 'a.xml');

/** As VOC2007 and later years write it, with what each of them adds. */
const full = `<?xml version="1.0" encoding="UTF-8"?>
<annotation>
  <folder>VOC2012</folder>
  <filename>2008_000008.jpg</filename>
  <size><width>500</width><height>442</height><depth>3</depth></size>
  <segmented>0</segmented>
  <object>
    <name>person</name>
    <pose>Frontal</pose>
    <truncated>1</truncated>
    <occluded>1</occluded>
    <bndbox><xmax>243</xmax><xmin>119.5</xmin><ymax>442</ymax><ymin>1</ymin></bndbox>
    <difficult>1</difficult>
    <part><name>head</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></part>
  </object>
  <object>
    <part><name>hand</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></part>
    <name>horse</name>
    <bndbox><xmin>53</xmin><ymin>87</ymin><xmax>471</xmax><ymax>420</ymax></bndbox>
  </object>
</annotation>
`;

describe('parseVocAnnotation', () => {
  it('takes any order of elements, fractions and parts, and does without what may be missing', () => {
    assert.deepEqual(parse(full), {
      size: { width: 500, height: 442 },
      location: 'a.xml',
      objects: [
        { name: 'person', box: [118.5, 0, 243, 442], difficult: true, crowd: false, location: 'a.xml line 7' },
        { name: 'horse', box: [52, 86, 471, 420], difficult: false, crowd: false, location: 'a.xml line 16' },
      ],
    });
  });

  it('turns pixels counted from one, both ends inside, into continuous ones', () => {
    const { objects } = parse(
      vocXml(500, 375, [
        { name: 'car', pixels: [1, 1, 500, 375] },
        { name: 'car', pixels: [7, 8, 7, 8] },
      ]),
    );
    assert.deepEqual(
      objects.map(({ box }) => box),
      [
        [0, 0, 500, 375],
        [6, 7, 7, 8],
      ],
    );
  });

  it('takes an image without objects, and one without a size', () => {
    assert.deepEqual(parse('<annotation/>'), { size: undefined, location: 'a.xml', objects: [] });
    assert.equal(parse(vocXml(0, 0, [])).size, undefined);
  });

  it('reads the encoding that the file names', () => {
    const xml =
      '<?xml version="1.0" encoding="ISO-8859-1"?><annotation><object><name>vélo</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>';
    assert.equal(parse(Buffer.from(xml, 'latin1')).objects[0]!.name, 'vélo');
    assert.throws(
      () => parse(Buffer.from(xml.replace('ISO-8859-1', 'utf-8'), 'latin1')),
      /a\.xml line 1 column 1: expected text in utf-8, found bytes that are none\.$/,
    );
    assert.equal(parse(`\ufeff${vocXml(3, 4, [])}`).size!.width, 3);
  });

  const broken: Readonly<Record<string, readonly [string, RegExp]>> = {
    'an element closed by another': [
      '<annotation>\n  <object></annotation>',
      /^a\.xml line 2 column 23: expected well-formed XML, found: unexpected close tag\.$/,
    ],
    'an element left open': [
      '<annotation><object>',
      /line 1 column 20: expected well-formed XML, found: unclosed tag: object\.$/,
    ],
    'an unknown entity': ['<annotation>&x;</annotation>', /line 1 column 15: .* undefined entity\.$/],
    'nothing in it': ['', /line 1 column 1: .* must contain a root element\.$/],
    'no XML in it': ['just text', /line 1 column 10: .* text data outside of root node\.$/],
    'another root': ['<svg/>', /^a\.xml line 1: expected an <annotation> of Pascal VOC, found <svg>\.$/],
    'an object without a name': [
      '<annotation>\n<object><bndbox/></object></annotation>',
      /^a\.xml line 2: expected <name> in <object>, found <bndbox>\.$/,
    ],
    'an empty name': [
      '<annotation>\n<object><name> </name></object></annotation>',
      /line 2: expected the name of a class, found nothing\.$/,
    ],
    'an object without a box': [
      '<annotation><object><name>x</name></object></annotation>',
      /line 1: expected <bndbox> in <object>, found <name>\.$/,
    ],
    'a box without a side': [
      '<annotation><object><name>x</name><bndbox><xmin>1</xmin></bndbox></object></annotation>',
      /expected <ymin> in <bndbox>, found <xmin>\.$/,
    ],
    'a coordinate that is no number': [
      vocXml(9, 9, [{ name: 'x', pixels: [1, 2, 3, NaN] }]),
      /^a\.xml line 6: expected a number in <ymax>, found 'NaN'\.$/,
    ],
    'an empty coordinate': [
      '<annotation><size><width/><height>1</height></size></annotation>',
      /expected a number in <width>, found nothing\.$/,
    ],
    'a mark that is neither 0 nor 1': [
      vocXml(9, 9, [{ name: 'x', pixels: [1, 2, 3, 4], difficult: 7 }]),
      /^a\.xml line 5: expected 0 or 1 in <difficult>, found '7'\.$/,
    ],
  };
  for (const [what, [xml, message]] of Object.entries(broken)) {
    it(`refuses a file with ${what}`, () => {
      assert.throws(() => parse(xml), { code: 'TTS_INPUT', message });
    });
  }
});

describe('resolveTargets', () => {
  const classes = new ClassList(['car', 'dog']);
  const size = { width: 100, height: 80 };

  it('numbers the classes, and cuts boxes off at the borders', () => {
    const dog = object({ name: 'dog', box: [-1, 10, 50, 90], difficult: true });
    const car = object({ name: 'car', box: [0, 0, 100, 80], crowd: true, area: 12 });
    assert.deepEqual(resolveTargets({ size, location: 'a.xml', objects: [dog, car] }, size, classes), {
      labels: Uint16Array.of(1, 0),
      boxes: { format: 'xyxy', data: Float64Array.of(0, 10, 50, 80, 0, 0, 100, 80) },
      difficult: Uint8Array.of(1, 0),
      crowd: Uint8Array.of(0, 1),
      areas: Float64Array.of(3500, 12),
    });
  });

  it('names the class that is not in the list', () => {
    const annotation = {
      location: 'a.xml',
      objects: [object({ name: 'cow', box: [0, 0, 1, 1], location: 'a.xml line 4' })],
    };
    assert.throws(
      () => resolveTargets(annotation, size, classes),
      /^InputError: a\.xml line 4: expected one of the 2 classes \(car, dog\), found cow; add it to the class file or rename the object\.$/,
    );
  });

  it('names the first five classes of a longer list', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const annotation = { location: 'a.xml', objects: [object({ name: 'cow', box: [0, 0, 1, 1], location: 'a.xml' })] };
    const refused = (count: number) => () => resolveTargets(annotation, size, new ClassList(names.slice(0, count)));
    assert.throws(refused(5), /one of the 5 classes \(a, b, c, d, e\), found cow/);
    assert.throws(refused(6), /one of the 6 classes \(a, b, c, d, e, …\), found cow/);
  });

  it('refuses boxes without area and boxes outside of the image', () => {
    for (const box of [
      [5, 5, 5, 9],
      [9, 5, 5, 9],
      [100, 0, 120, 9],
    ] as const) {
      const annotation = {
        location: 'a.xml',
        objects: [object({ name: 'car', box: [0, 0, 5, 5] }), object({ name: 'dog', box, location: 'a.xml line 9' })],
      };
      assert.throws(
        () => resolveTargets(annotation, size, classes),
        /a\.xml line 9: expected the box of dog to have an area inside of the image of 100 x 80, found/,
      );
    }
  });

  it('refuses an annotation for an image of another size, and says when the sides are swapped', () => {
    assert.throws(
      () => resolveTargets({ size: { width: 101, height: 80 }, location: 'a.xml', objects: [] }, size, classes),
      /a\.xml: expected an image of 101 x 80 as annotated, found one of 100 x 80\.$/,
    );
    assert.throws(
      () => resolveTargets({ size: { width: 80, height: 100 }, location: 'a.xml', objects: [] }, size, classes),
      /The sides are swapped: the annotation was made before the image was turned upright\.$/,
    );
  });
});
