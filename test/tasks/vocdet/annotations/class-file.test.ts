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
    'names and numbers as in a list': ['classes.txt', '1. cat\n2. dog\n', ['cat', 'dog']],
    'names and numbers in columns': ['classes.csv', '0;cat\n1; dog\n', ['cat', 'dog']],
    'names and numbers in brackets': ['classes.txt', '1) cat\n2)dog\n', ['cat', 'dog']],
    'names and then numbers in columns': ['classes.csv', 'dog , 1\ncat,0\n', ['cat', 'dog']],
    'more than ten numbered names': [
      'classes.txt',
      Array.from({ length: 12 }, (_, i) => `${11 - i} c${11 - i}\n`).join(''),
      Array.from({ length: 12 }, (_, i) => `c${i}`),
    ],
    'names where a number is left out': ['classes.txt', '0 cat\n2 dog\n', ['0 cat', '2 dog']],
    'names where a number comes twice': ['classes.txt', '0 cat\n1 dog\n1 cow\n', ['0 cat', '1 dog', '1 cow']],
    'names where numbers come twice and others are left out': [
      'classes.txt',
      '0 cat\n0 dog\n2 cow\n',
      ['0 cat', '0 dog', '2 cow'],
    ],
    'names of which one has no number': ['classes.txt', '0 cat\n1 dog\ncow\n', ['0 cat', '1 dog', 'cow']],
    'names that are numbers': ['classes.txt', '0\n1\n', ['0', '1']],
    'names that begin with numbers': ['classes.txt', '3 doors\n4 doors\n', ['3 doors', '4 doors']],
    'the labelmap of CVAT': [
      'labelmap.txt',
      '# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:128,0,0::\nguinea pig:0,128,0::\n',
      ['cat', 'guinea pig'],
    ],
    'the labelmap of CVAT without its first line': [
      'labelmap.txt',
      'background:::\ncat:128,0,0::\ndog::head,tail:run\n',
      ['cat', 'dog'],
    ],
    'the labelmap of CVAT by its first line': [
      'labelmap.txt',
      '#label:color_rgb:parts:actions\n\n cat : 1 : x\nbackground\ndog',
      ['cat', 'dog'],
    ],
    'names of which some have colons': ['classes.txt', 'cat:::\ndog\n', ['cat:::', 'dog']],
    'names, whatever stands before the ending': [
      'data.yaml.json.pbtxt.txt',
      'an item { of it\ncat\n',
      ['an item { of it', 'cat'],
    ],
    'names with colons': ['classes.txt', 'cat:1,2:x:y\n#dog\na:b', ['cat:1,2:x:y', 'a:b']],
    'what is none at other places, too': [
      'classes.txt',
      'background\n__Background__\nignore\n',
      ['background', 'ignore'],
    ],
    'the labels of LabelMe': ['labels.txt', '__ignore__\n_background_\ncat\n', ['cat']],
    'a list of YOLO': ['data.yaml', 'nc: 2\nnames: [cat, dog]\n', ['cat', 'dog']],
    'a map of YOLO': ['data.yml', 'path: x\nnames:\n  1: dog\n  0: cat\n', ['cat', 'dog']],
    'names that YAML takes for something else': ['data.YAML', 'names: [yes, 1, true]\n', ['yes', '1', 'true']],
    'a map of more than ten': [
      'data.yaml',
      `names:\n${Array.from({ length: 12 }, (_, i) => `  ${11 - i}: c${11 - i}\n`).join('')}`,
      Array.from({ length: 12 }, (_, i) => `c${i}`),
    ],
    'classes with their numbers': ['classes.JSON', '{"dog": 1, "cat": 0}', ['cat', 'dog']],
    'the classes that other keys hold': ['x.json', '{"classes": ["cat"], "names": 1, "id2label": null}', ['cat']],
    'the labels that other keys hold': ['x.json', '{"labels": {"names": [{"name": "cat"}]}, "version": 1}', ['cat']],
    'categories with ids in another order': [
      'coco.json',
      '{"categories": [{"id": 44, "name": "bottle"}, {"id": 2, "name": "bicycle"}]}',
      ['bicycle', 'bottle'],
    ],
    'categories of which not all have ids': [
      'x.json',
      '[{"id": 5, "name": "cat"}, {"id": 1, "name": "dog"}, {"name": "cow"}]',
      ['cat', 'dog', 'cow'],
    ],
    'a list of JSON': ['classes.json', '["cat", "dog"]', ['cat', 'dog']],
    'the labels of a model': ['config.json', '{"id2label": {"0": "cat", "1": "dog"}}', ['cat', 'dog']],
    'the notes of Label Studio': ['notes.json', '{"categories": [{"id": 0, "name": "cat"}]}', ['cat']],
    'a label map of TensorFlow': [
      'label_map.pbtxt',
      'item {\n  id : 2\n  name : \'dog\'\n}\nitem { name: "cat", id: 1 }\n',
      ['cat', 'dog'],
    ],
    'a label map of TensorFlow under another name': ['labels.txt', '\nitem{ id:1 name:"cat" }', ['cat']],
    'a label map of TensorFlow that shows other names than it keeps': [
      'mscoco.pbtxt',
      'item {\n  name: "/m/01yrx"\n  id: 17\n  display_name : "cat"\n}\nitem {\n  id: 3\n  display_name:"car"\n  name: "/m/0k4j"\n}',
      ['car', 'cat'],
    ],
    'UTF-16': ['classes.txt', Buffer.from('\ufeffкот\r\nпёс\r\n', 'utf16le'), ['кот', 'пёс']],
    'carriage returns': ['classes.txt', 'cat\rdog\r', ['cat', 'dog']],
  };
  for (const [what, [name, text, expected]] of Object.entries(files)) {
    it(`is read as ${what}`, () => assert.deepEqual(read(name, text), expected));
  }

  const broken: Readonly<Record<string, readonly [name: string, text: string, message: string]>> = {
    'a file without classes': [
      'data.yaml',
      'train: x\nnc: 2\n',
      ': expected a list of class names, or names by their numbers, found neither.',
    ],
    'a map with names and numbers mixed': [
      'data.json',
      '{"0": "cat", "dog": "x"}',
      ': expected a list of class names, or names by their numbers, found neither.',
    ],
    'keys that are no numbers': [
      'data.json',
      '{"a1": "cat", "1a": "dog"}',
      ': expected a list of class names, or names by their numbers, found neither.',
    ],
    'a single name': [
      'data.json',
      '"cat"',
      ': expected a list of class names, or names by their numbers, found neither.',
    ],
    'something else than a list': [
      'data.json',
      'null',
      ': expected a list of class names, or names by their numbers, found neither.',
    ],
    'a category without a name': ['data.json', '[{"id": 1}]', ': expected the name of a class, found {"id":1}.'],
    'nothing in place of a name': ['data.json', '["cat", null]', ': expected the name of a class, found null.'],
    'an item without an id': [
      'map.pbtxt',
      "item { id: 1 name: 'cat' }\nitem {\n  name:\n    'dog'\n}",
      ": expected an id and a name in every item, found name: 'dog'.",
    ],
    'an item without a name': [
      'map.pbtxt',
      'item { id: 1 }',
      ': expected an id and a name in every item, found id: 1.',
    ],
    'a number for two classes': [
      'map.pbtxt',
      "item { id: 1 name: 'cat' } item { id: 1 name: 'dog' }",
      ': expected every class to have a number of its own, found 1 for cat and for dog.',
    ],
    'a number for two classes of a map': [
      'x.json',
      '{"cat": 0, "cow": 1, "dog": 0}',
      ': expected every class to have a number of its own, found 0 for cat and for dog.',
    ],
    'a label map without items': ['map.pbtxt', '# nothing', ': expected at least one class, found none.'],
    'a file of no classes': ['classes.txt', '# nothing\n__ignore__\n', ': expected at least one class, found none.'],
    'an empty map': ['x.json', '{}', ': expected at least one class, found none.'],
  };
  for (const [what, [name, text, message]] of Object.entries(broken)) {
    it(`is refused: ${what}`, () => {
      const path = join(folder.write({ [name]: text }), name);
      assert.throws(() => readClassFile(path), { code: 'TTS_INPUT', message: `${path}${message}` });
    });
  }

  it('is refused where it is broken, with the first line of what the reader of its format says', () => {
    const causeOf = (name: string, text: string) => {
      try {
        read(name, text);
      } catch (error) {
        const { message, cause } = error as Error;
        assert.equal(
          message.replace(/^.*\//, ''),
          `${name}: expected a class file, found: ${(cause as Error).message.split('\n')[0]}.`,
        );
        return (cause as Error).name;
      }
      return 'nothing';
    };
    assert.equal(causeOf('data.json', '{'), 'SyntaxError');
    assert.equal(causeOf('data.yaml', 'names: [a\nb: c'), 'YAMLParseError');
    assert.throws(() => readClassFile('absent.txt'), {
      name: 'InputError',
      message: /^Cannot read the class file absent\.txt: ENOENT: no such file or directory, open 'absent\.txt'$/,
    });
  });
});
