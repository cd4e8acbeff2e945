import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readClassFile } from '../../../../ts/tasks/vocdet/annotations/class-file';
import { temporaryFolder } from '../fixture';

describe('a class file', () => {
  const folder = temporaryFolder();
  const read = (name: string, text: string | Buffer) => readClassFile(join(folder.write({ [name]: text }), name)).names;

  const files: Readonly<Record<string, readonly [string, string | Buffer, string[]]>> = {
    names: ['classes.txt', '# pets\ncat\nguinea pig\n\n', ['cat', 'guinea pig']],
    'numbered names': ['classes.txt', '0 cat\n1 guinea pig\n', ['cat', 'guinea pig']],
    'names numbered from 1, in any order': ['classes.txt', '2: dog\n1: cat\n', ['cat', 'dog']],
    'names with their numbers behind': ['classes.txt', 'cat 0\ndog 1\n', ['cat', 'dog']],
    'names that begin with numbers': ['classes.txt', '3 doors\n5 doors\n', ['3 doors', '5 doors']],
    'the labelmap of CVAT': [
      'labelmap.txt',
      '# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:128,0,0::\nguinea pig:0,128,0::\n',
      ['cat', 'guinea pig'],
    ],
    'the labels of LabelMe': ['labels.txt', '__ignore__\n_background_\ncat\n', ['cat']],
    'a list of YOLO': ['data.yaml', 'nc: 2\nnames: [cat, dog]\n', ['cat', 'dog']],
    'a map of YOLO': ['data.yml', 'path: x\nnames:\n  1: dog\n  0: cat\n', ['cat', 'dog']],
    'a list of JSON': ['classes.json', '["cat", "dog"]', ['cat', 'dog']],
    'the labels of a model': ['config.json', '{"id2label": {"0": "cat", "1": "dog"}}', ['cat', 'dog']],
    'the notes of Label Studio': ['notes.json', '{"categories": [{"id": 0, "name": "cat"}]}', ['cat']],
    'a label map of TensorFlow': [
      'label_map.pbtxt',
      'item {\n  id: 2\n  name: \'dog\'\n}\nitem { name: "cat", id: 1 }\n',
      ['cat', 'dog'],
    ],
    'UTF-16': ['classes.txt', Buffer.from('\ufeffкот\r\nпёс\r\n', 'utf16le'), ['кот', 'пёс']],
    'carriage returns': ['classes.txt', 'cat\rdog\r', ['cat', 'dog']],
  };
  for (const [what, [name, text, expected]] of Object.entries(files)) {
    it(`is read as ${what}`, () => assert.deepEqual(read(name, text), expected));
  }

  it('is refused when it names no classes', () => {
    assert.throws(
      () => read('data.yaml', 'train: x\n'),
      /data\.yaml: expected a list of class names, or names by their numbers, found neither\.$/,
    );
    assert.throws(() => read('data.json', '{'), /data\.json: expected a class file, found: /);
    assert.throws(
      () => read('data.json', '[{"id": 1}]'),
      /data\.json: expected the name of a class, found \{"id":1\}\.$/,
    );
  });
});
