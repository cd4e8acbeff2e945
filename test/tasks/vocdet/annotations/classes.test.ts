import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cocoToVoc } from '../../../../ts/models/detr';
import { readClassFile } from '../../../../ts/tasks/vocdet/annotations/class-file';
import { ClassList, classesOf, vocClasses } from '../../../../ts/tasks/vocdet/annotations/classes';
import { temporaryFolder } from '../fixture';

describe('ClassList', () => {
  const folder = temporaryFolder();
  const file = (text: string) => join(folder.write({ 'classes.txt': text }), 'classes.txt');

  it('numbers the classes of VOC as the challenge does, with "no object" behind them', () => {
    assert.deepEqual(
      [
        vocClasses.length,
        vocClasses.idOf('aeroplane'),
        vocClasses.idOf('person'),
        vocClasses.idOf('tvmonitor'),
        vocClasses.noObject,
      ],
      [20, 0, 14, 19, 20],
    );
    assert.equal(vocClasses.idOf('airplane'), undefined);
  });

  it('refuses no classes, a class without a name, a class twice', () => {
    assert.throws(() => new ClassList([]), /^InputError: The class list: expected at least one class, found none\.$/);
    assert.throws(() => new ClassList(['a', ' ']), /expected every class to have a name, found an empty one\.$/);
    assert.throws(() => new ClassList(['a', 'b', 'a']), /expected every class once, found a twice\.$/);
  });

  it('numbers the classes of VOC as the map from COCO does', () => {
    assert.deepEqual(
      cocoToVoc.classes.map(({ name }) => name),
      vocClasses.names,
    );
  });

  it('reads a file with a name a line', () => {
    assert.deepEqual(readClassFile(file('# fruit\nblood orange\r\n\n  apple \n')).names, ['blood orange', 'apple']);
    assert.throws(() => readClassFile(file('\n')), /classes\.txt: expected at least one class, found none\.$/);
    assert.throws(() => readClassFile(file('a\na\n')), /classes\.txt: expected every class once, found a twice\.$/);
    assert.throws(() => readClassFile('absent.txt'), /Cannot read the class file absent\.txt: ENOENT/);
  });

  it("orders found names as VOC does when all are VOC's, else by the alphabet", () => {
    assert.deepEqual(classesOf(['dog', 'car', 'dog'], 'x').names, ['car', 'dog']);
    assert.deepEqual(classesOf(['tvmonitor', 'sofa', 'person'], 'x').names, ['person', 'sofa', 'tvmonitor']);
    assert.deepEqual(classesOf(['tvmonitor', 'sofa', 'apple'], 'x').names, ['apple', 'sofa', 'tvmonitor']);
  });
});
