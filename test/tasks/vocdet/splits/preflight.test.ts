import assert from 'node:assert/strict';
import sharp from 'sharp';
import { InputError } from '../../../../ts/errors';
import { silent, type Listener } from '../../../../ts/native/listener';
import type { AnnotatedObject } from '../../../../ts/tasks/vocdet/annotations/annotation';
import { ClassList } from '../../../../ts/tasks/vocdet/annotations/classes';
import type { DetectionData, DetectionSplit } from '../../../../ts/tasks/vocdet/annotations/dataset';
import type { Issue } from '../../../../ts/tasks/vocdet/annotations/issues';
import type { SplitName } from '../../../../ts/tasks/vocdet/annotations/names';
import type { OpenDataset } from '../../../../ts/tasks/vocdet/splits/open-dataset';
import { preflight } from '../../../../ts/tasks/vocdet/splits/preflight';
import { commonImages, validateSplit } from '../../../../ts/tasks/vocdet/splits/validate-split';
import { object } from '../fixture';

const classes = new ClassList(['car', 'dog']);
const car = object({ name: 'car', box: [1, 2, 9, 8] });

describe('what is looked at before a training', () => {
  let jpeg: Buffer;
  before(async () => {
    jpeg = await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
  });

  /** A split of images of 20 x 10 with a car in each, but for what is given by id: objects, or why there is no annotation. */
  const splitOf = (
    name: string,
    ids: readonly string[],
    given: Readonly<Record<string, readonly AnnotatedObject[] | string>> = {},
  ): DetectionSplit => ({
    name,
    ids,
    annotation: async (index) => {
      const found = given[ids[index]!] ?? [car];
      if (typeof found === 'string') throw new InputError(found);
      return { location: `${ids[index]}.xml`, objects: found };
    },
    hasImage: () => true,
    image: async () => jpeg,
    imageStart: async (_, bytes) => jpeg.subarray(0, bytes),
    describe: (index) => `${ids[index]}.jpg`,
    key: (index) => ids[index]!,
  });

  const datasetOf = (
    splits: Partial<Record<SplitName, DetectionSplit>>,
    { issues = [], list = classes }: { issues?: readonly Issue[]; list?: ClassList } = {},
  ): OpenDataset => ({
    data: { path: 'pets', issues: () => issues } as unknown as DetectionData,
    classes: list,
    drawn: undefined,
    split: async (name) => {
      const split = splits[name];
      if (split) return split;
      throw new InputError(`Expected a split for ${name}.`);
    },
    close: () => {},
  });

  /** What is said of splits that can be trained on. */
  const said = async (...given: Parameters<typeof datasetOf>): Promise<string[]> => {
    const sentences: string[] = [];
    const { train, val } = await preflight(datasetOf(...given), { ...silent, say: (one) => sentences.push(one) });
    assert.deepEqual([train, val], [given[0].train, given[0].val]);
    return sentences;
  };
  const refuses = (splits: Partial<Record<SplitName, DetectionSplit>>, message: string) =>
    assert.rejects(said(splits), { code: 'TTS_INPUT', message });

  const train = () => splitOf('train', ['a', 'b']);
  const val = () => splitOf('val', ['c']);

  it('is said nothing of where all is well, whether there is a test split or validation serves for it', async () => {
    assert.deepEqual(await said({ train: train(), val: val(), test: splitOf('test', ['d']) }), []);
    assert.deepEqual(await said({ train: train(), val: val(), test: val() }), []);
  });

  it('may lack a test split, not one to train or to validate on', async () => {
    assert.deepEqual(await said({ train: train(), val: val() }), [
      'There will be no figures under "test": Expected a split for test.',
    ]);
    await refuses({ val: val() }, 'Expected a split for train.');
    await refuses({ train: train() }, 'Expected a split for val.');
    const broken = { ...datasetOf({ train: train(), val: val() }) };
    const split = broken.split.bind(broken);
    const failing = {
      ...broken,
      split: (name: SplitName) => (name === 'test' ? Promise.reject(new TypeError('a fault')) : split(name)),
    };
    await assert.rejects(preflight(failing, silent), /^TypeError: a fault$/);
  });

  it('are images to learn among those to measure on', async () => {
    const message = (held: string, which: string) =>
      `Expected no image of ${held} among those to train on, found that ${which}: its figures would say nothing. Take them out of one of the two.`;
    const many = ['a', 'b', 'c', 'd', 'e'];
    await refuses(
      { train: train(), val: splitOf('val', ['b', 'c']) },
      message('val', '1 of the 2 images of val are in train too (b.jpg)'),
    );
    await refuses(
      { train: splitOf('train', many), val: val(), test: splitOf('test', many) },
      message('val', '1 of the 1 images of val are in train too (c.jpg)'),
    );
    await refuses(
      { train: splitOf('train', many), val: splitOf('val', ['x']), test: splitOf('test', [...many, 'y']) },
      message('test', '5 of the 6 images of test are in train too (a.jpg, b.jpg, c.jpg, …)'),
    );
    await refuses(
      { train: splitOf('train', many), val: splitOf('val', ['x']), test: splitOf('test', ['c', 'b', 'a']) },
      message('test', '3 of the 3 images of test are in train too (c.jpg, b.jpg, a.jpg)'),
    );
    assert.deepEqual(await said({ train: train(), val: train(), test: splitOf('test', ['x', 'y']) }), [
      '2 of the 2 images of train are in train too (a.jpg, b.jpg): the figures say how well they were learnt by heart.',
    ]);
  });

  it('are images to test on among those to validate on', async () => {
    assert.deepEqual(await said({ train: train(), val: val(), test: splitOf('test', ['c', 'd', 'e']) }), [
      '1 of the 3 images of test are in val too, by which the checkpoint is chosen.',
    ]);
  });

  it('are images and annotations that cannot be used', async () => {
    const bad = { b: 'b.xml is broken.', c: [object({ name: 'cow', box: [1, 2, 3, 4], location: 'c.xml line 3' })] };
    const cow =
      'c.xml line 3: expected one of the 2 classes (car, dog), found cow; add it to the class file or rename the object.';
    await refuses(
      { train: splitOf('train', ['a', 'b'], bad), val: val() },
      '1 of the 2 images of train cannot be used: b.xml is broken. Mend them, or take them out of the split.',
    );
    await refuses(
      { train: train(), val: splitOf('val', ['c'], bad) },
      `1 of the 1 images of val cannot be used: ${cow} Mend them, or take them out of the split.`,
    );
    const ids = ['1', '2', '3', '4', '5'];
    const broken = Object.fromEntries(ids.map((id) => [id, `${id} is broken.`]));
    assert.deepEqual(await said({ train: train(), val: val(), test: splitOf('test', ids, broken) }), [
      '5 of the 5 images of test cannot be used: 1 is broken. 2 is broken. 3 is broken. (And 2 more.) The figures under "test" will be without them.',
    ]);
    assert.deepEqual(await said({ train: train(), val: val(), test: splitOf('test', ids.slice(0, 3), broken) }), [
      '3 of the 3 images of test cannot be used: 1 is broken. 2 is broken. 3 is broken. The figures under "test" will be without them.',
    ]);
  });

  it('are splits with nothing to learn or to find', async () => {
    const odd = [object({ ...car, difficult: true }), object({ ...car, crowd: true })];
    await refuses(
      { train: splitOf('train', []), val: val() },
      'Expected images in the split train, found none; name another by data.train.',
    );
    await refuses(
      { train: train(), val: splitOf('val', []) },
      'Expected images in the split val, found none; name another by data.val.',
    );
    await refuses(
      { train: splitOf('train', ['a'], { a: [] }), val: val() },
      'Expected objects to find in the split train, found none that is not difficult; name another by data.train.',
    );
    await refuses(
      { train: train(), val: splitOf('val', ['c'], { c: odd }) },
      'Expected objects to find in the split val, by which the best checkpoint is chosen, found none that is not difficult; name another by data.val.',
    );
    assert.deepEqual(await said({ train: train(), val: val(), test: splitOf('test', []) }), [
      'There will be no figures under "test": test has no images.',
    ]);
    assert.deepEqual(await said({ train: train(), val: val(), test: splitOf('test', ['d'], { d: odd }) }), [
      'test has no objects to find: there will be no precisions under "test".',
    ]);
  });

  it('is what was left out of the files, a line for each kind, and classes that are alike', async () => {
    const issues: Issue[] = [
      { kind: 'annotation id twice', message: 'first.' },
      { kind: 'empty box left out', message: 'an empty box.' },
      { kind: 'annotation id twice', message: 'second.' },
    ];
    const list = new ClassList(['car', 'Traffic light', 'dog', 'traffic_light']);
    assert.deepEqual(await said({ train: train(), val: val(), test: val() }, { issues, list }), [
      'annotation id twice (2 times): first.',
      'empty box left out: an empty box.',
      'Traffic light and traffic_light are two classes of pets: they differ in spelling only.',
    ]);
  });

  describe('in a split', () => {
    const progress: unknown[] = [];
    const listener: Listener = {
      ...silent,
      bar: (label, unit) => {
        progress.push([label, unit]);
        return { update: (done, all) => progress.push([done, all]), stop: () => progress.push('stop') };
      },
    };

    it('counts objects that are neither difficult nor crowds, and keeps what can be used', async () => {
      const objects = [car, object({ ...car, difficult: true }), object({ ...car, crowd: true }), car];
      const split = splitOf('train', ['a', 'b', 'c'], { a: objects, b: 'b is broken.' });
      const { usable, problems, objects: count } = await validateSplit(split, classes, listener);
      assert.deepEqual([usable.ids, usable.name, problems, count], [['a', 'c'], 'train', ['b is broken.'], 3]);
      assert.deepEqual(progress, [['checking train', 'steps'], [1, 3], [2, 3], [3, 3], 'stop']);
      const whole = splitOf('train', ['a']);
      assert.equal((await validateSplit(whole, classes, listener)).usable, whole);
    });

    it('reads an image whole where its first bytes do not tell the size', async () => {
      const asked: number[] = [];
      const split = {
        ...splitOf('train', ['a']),
        imageStart: async (_: number, bytes: number) => (asked.push(bytes), jpeg.subarray(0, 30)),
      };
      assert.deepEqual((await validateSplit(split, classes, listener)).problems, []);
      assert.deepEqual(asked, [65_536]);
      const damaged = { ...split, image: async () => jpeg.subarray(0, 30) };
      const { problems } = await validateSplit(damaged, classes, listener);
      assert.match(problems[0]!, /^a\.jpg is a damaged or incomplete image/);
    });

    it('knows the images that two have in common by their files, each once', () => {
      assert.deepEqual(commonImages(splitOf('x', ['a', 'b', 'c']), splitOf('y', ['c', 'd', 'a', 'c'])), [
        'c.jpg',
        'a.jpg',
      ]);
    });
  });
});
