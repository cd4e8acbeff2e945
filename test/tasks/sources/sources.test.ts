import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expandSources } from '../../../ts/tasks/sources/sources';

describe('sources', () => {
  let root: string;
  const names = (...inputs: string[]) =>
    expandSources(inputs.map((input) => join(root, input))).map(({ name }) => name.slice(root.length + 1));
  const reason = (input: string) =>
    expandSources([input])[0]!
      .read()
      .then(
        () => 'none',
        (error: Error) => error.message,
      );

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'sources-'));
    mkdirSync(join(root, 'a/deep'), { recursive: true });
    mkdirSync(join(root, 'empty'));
    for (const file of ['a/1.jpg', 'a/2.PNG', 'a/notes.txt', 'a/.hidden.jpg', 'a/deep/3.webp', 'b.jpeg', 'b[1].jpg']) {
      writeFileSync(join(root, file), file);
    }
  });
  after(() => rmSync(root, { recursive: true }));

  it('are files as they are named, whatever their ending', async () => {
    assert.deepEqual(names('a/notes.txt', 'b.jpeg'), ['a/notes.txt', 'b.jpeg']);
    assert.equal(Buffer.from(await expandSources([join(root, 'b.jpeg')])[0]!.read()).toString(), 'b.jpeg');
  });

  it('are all images below a folder, in order, hidden ones left out', () => {
    assert.deepEqual(names('a'), ['a/1.jpg', 'a/2.PNG', 'a/deep/3.webp']);
  });

  it('are the files that a pattern names', () => {
    assert.deepEqual(names('a/*.jpg'), ['a/1.jpg']);
    assert.deepEqual(names('a/?.{jpg,PNG}'), ['a/1.jpg', 'a/2.PNG']);
    assert.deepEqual(names('**/[1-3].*'), ['a/1.jpg', 'a/2.PNG', 'a/deep/3.webp']);
    assert.deepEqual(names('a/[!1].*'), ['a/2.PNG']);
    assert.deepEqual(names('*.jp*g'), ['b.jpeg', 'b[1].jpg']);
  });

  it('take a name with wildcards for the file that has it', () => assert.deepEqual(names('b[1].jpg'), ['b[1].jpg']));

  it('fail one by one, each with its reason', async () => {
    assert.equal(await reason(join(root, 'absent.jpg')), `There is no file or folder ${root}/absent.jpg.`);
    assert.equal(await reason(join(root, 'empty')), `The folder ${root}/empty holds no images.`);
    assert.equal(await reason(join(root, '*.gif')), `No file matches the pattern ${root}/*.gif.`);
  });
});
