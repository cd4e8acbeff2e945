import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseAttributes, parsePartition } from '../../../ts/tasks/facecls/lists';
import { lists } from './fixture';

const attributes = (text: string | Buffer) =>
  parseAttributes(typeof text === 'string' ? Buffer.from(text) : text, 'attr.txt');
const partition = (text: string) => parsePartition(Buffer.from(text), 'part.txt');

describe('lists of CelebA', () => {
  const expected = {
    attributes: ['Smiling', 'Young'],
    names: ['000001.jpg', '000002.jpg', '000003.jpg'],
    labels: [1, 0, 0, 1, 0, 0],
  };
  const variants = {
    'the official file': lists['list_attr_celeba.txt'],
    'carriage returns and blank lines': lists['list_attr_celeba.txt'].replaceAll('\n', '\r\n') + '\r\n\r\n',
    'no line end at the end': lists['list_attr_celeba.txt'].trimEnd(),
    'the Kaggle copy': 'image_id,Smiling,Young\n000001.jpg,1,-1\n000002.jpg,-1,1\n000003.jpg,-1,-1\n',
    'the Kaggle copy with a byte order mark':
      '\ufeffimage_id,Smiling,Young\r\n000001.jpg,1,-1\r\n000002.jpg,-1,1\r\n000003.jpg,-1,-1\r\n',
    quotes: 'image_id,"Smiling","Young"\n"000001.jpg",1,-1\n"000002.jpg",-1,"1"\n000003.jpg,-1,-1\n',
    'quotes and blanks after commas':
      'image_id, "Smiling", "Young"\n"000001.jpg", 1, -1\n000002.jpg , -1 , 1\n000003.jpg, -1, -1\n',
    semicolons: 'image_id;Smiling;Young\n000001.jpg;1;-1\n000002.jpg;-1;1\n000003.jpg;-1;-1\n',
    'tabs, and carriage returns alone':
      'image_id\tSmiling\tYoung\r000001.jpg\t1\t-1\r000002.jpg\t-1\t1\r000003.jpg\t-1\t-1\r',
    'zeros and ones': '3\nSmiling Young\n000001.jpg 1 0\n000002.jpg 0 1\n000003.jpg 0 0\n',
    words: 'filename,Smiling,Young\n000001.jpg,True,False\n000002.jpg,no,yes\n000003.jpg,FALSE,false\n',
    'fractions, as pandas writes them':
      ',image_id,Smiling,Young\n0,000001.jpg,1.0,-1.0\n1,000002.jpg,-1.0,1.0\n2,000003.jpg,-1.0,-1.0\n',
    'the name behind the values, and a split among them':
      'Smiling,partition,Young,image_id\n1,0,-1,000001.jpg\n-1,1,1,000002.jpg\n-1,2,-1,000003.jpg\n',
    'folders before the names':
      'image_id,Smiling,Young\nimg_align_celeba/000001.jpg,1,-1\nimg\\000002.jpg,-1,1\n./000003.jpg,-1,-1\n',
    'UTF-16': Buffer.from(`\ufeff${lists['list_attr_celeba.txt']}`, 'utf16le'),
  };
  for (const [variant, text] of Object.entries(variants)) {
    it(`reads attributes: ${variant}`, () => {
      const list = attributes(text);
      assert.deepEqual({ attributes: list.attributes, names: list.rows.names, labels: [...list.labels] }, expected);
    });
  }

  it('keeps blanks in the names of a CSV', () => {
    assert.deepEqual(attributes('image_id,Big Nose,"Wearing, Hat"\na b.jpg,1,-1\n').attributes, [
      'Big Nose',
      'Wearing, Hat',
    ]);
    assert.deepEqual(attributes('image_id,Big Nose,Wearing Hat\na b.jpg,1,-1\n').rows.names, ['a b.jpg']);
  });

  it('refuses a file that says no in two ways', () => {
    assert.throws(() => attributes('2\nSmiling\na.jpg -1\nb.jpg 0\n'), {
      code: 'TTS_INPUT',
      message:
        'attr.txt line 4: expected -1 and 1 or 0 and 1 throughout, one no meaning the other, found 0 here and -1 in line 3.',
    });
  });

  it('knows the line of each row', () => {
    const { rows } = attributes('2\nSmiling\n\n000001.jpg 1\n\n000002.jpg 1\n');
    assert.deepEqual(rows.lines, [4, 6]);
    assert.equal(rows.rowOf('000002.jpg'), 1);
    assert.equal(rows.rowOf('000003.jpg'), undefined);
  });

  it('reads partitions with and without header', () => {
    for (const text of [
      lists['list_eval_partition.txt'],
      'image_id,partition\n000001.jpg,0\n000002.jpg,1\n000003.jpg,2\n',
      'split;filename\ntrain;000001.jpg\nvalidation;000002.jpg\ntest;000003.jpg\n',
      '"000001.jpg", 0\n"000002.jpg", 1\n"000003.jpg", 2\n',
    ]) {
      const list = partition(text);
      assert.deepEqual([list.rows.names, [...list.splits]], [expected.names, [0, 1, 2]]);
    }
  });

  const brokenAttributes: Record<string, [text: string, message: string]> = {
    'too few values': [
      '1\nSmiling Young\n000001.jpg 1\n',
      'attr.txt line 3: expected the file name and 2 values, found 1 values.',
    ],
    'too many values': [
      '1\nSmiling Young\n000001.jpg 1 1 -1\n',
      'attr.txt line 3: expected the file name and 2 values, found 3 values.',
    ],
    'another value': [
      '2\nSmiling Young\n000001.jpg 1 1\n000002.jpg 1 2\n',
      "attr.txt line 4: expected 1 or -1 for Young, found '2'.",
    ],
    'a repeated image': [
      '2\nSmiling\n000001.jpg 1\n000001.jpg 1\n',
      'attr.txt line 4: expected each image once, found 000001.jpg, which is in line 3 too.',
    ],
    'a repeated attribute': [
      '1\nSmiling Smiling\n000001.jpg 1 1\n',
      'attr.txt line 2: expected each attribute once, found Smiling twice.',
    ],
    'no attribute names': [
      '1\n000001.jpg 1 -1\n',
      "attr.txt line 2: expected the names of the attributes, found '000001.jpg 1 -1'.",
    ],
    'no number of rows': [
      'Smiling Young\n000001.jpg 1 1\n',
      "attr.txt line 1: expected the number of rows (official file) or a header with image_id (Kaggle copy), found 'Smiling Young'.",
    ],
    'a wrong number of rows': [
      '5\nSmiling\n000001.jpg 1\n',
      'attr.txt line 1: expected the number of rows below, found 5, but there are 1 rows; the file is incomplete or was edited.',
    ],
    'nothing in it': [
      '',
      'attr.txt line 1: expected the number of rows (official file) or a header with image_id (Kaggle copy), found an empty file.',
    ],
    'a web page in it': [
      '<!DOCTYPE html><html>quota</html>',
      'Expected a list of CelebA in attr.txt, found a web page: the host sent a page instead of the file. Open it in a browser to see why, and download the file again.',
    ],
  };
  for (const [what, [text, message]] of Object.entries(brokenAttributes)) {
    it(`refuses an attribute list with ${what}`, () => {
      assert.throws(() => attributes(text), { code: 'TTS_INPUT', message });
    });
  }

  const brokenPartitions: Record<string, [text: string, message: string]> = {
    'another split': [
      '000001.jpg 0\n000002.jpg 3\n',
      "part.txt line 2: expected 0 (train), 1 (val) or 2 (test) after the file name, found '3'.",
    ],
    'no split': [
      '000001.jpg\n',
      'part.txt line 1: expected 0 (train), 1 (val) or 2 (test) after the file name, found nothing.',
    ],
    'more columns': ['000001.jpg 0 1\n', 'part.txt line 1: expected the file name and one value, found more.'],
    'a repeated image': [
      '000001.jpg 0\n\n000001.jpg 1\n',
      'part.txt line 3: expected each image once, found 000001.jpg, which is in line 1 too.',
    ],
    'a web page in it': [
      '<html></html>',
      /^Expected a list of CelebA in part\.txt, found a web page/ as unknown as string,
    ],
  };
  for (const [what, [text, message]] of Object.entries(brokenPartitions)) {
    it(`refuses a partition with ${what}`, () => {
      assert.throws(() => partition(text), { code: 'TTS_INPUT', message });
    });
  }

  it('reads the 202,599 rows of both official files', function () {
    const folder = join(
      process.env.TORCHTS_DATA ?? resolve(__dirname, '../../../../shared/data'),
      'celeba-full-annotations',
    );
    if (!existsSync(folder)) {
      this.test!.title += ` (skipped: no ${folder})`;
      this.skip();
    }
    const unpack = (name: string) => gunzipSync(readFileSync(join(folder, `${name}.gz`)));
    const [attributeFile, partitionFile] = [unpack('list_attr_celeba.txt'), unpack('list_eval_partition.txt')];
    const list = parseAttributes(attributeFile, 'list_attr_celeba.txt');
    const parts = parsePartition(partitionFile, 'list_eval_partition.txt');
    assert.equal(list.rows.names.length, 202_599);
    assert.equal(list.attributes.length, 40);
    assert.deepEqual(
      [0, 1, 2].map((split) => parts.splits.filter((value) => value === split).length),
      [162_770, 19_867, 19_962],
    );
    // Counted with awk in the official file.
    assert.deepEqual([list.attributes[0], positives(list.labels, 40, 0)], ['5_o_Clock_Shadow', 22_516]);
  });
});

function positives(labels: Uint8Array, width: number, column: number): number {
  let count = 0;
  for (let at = column; at < labels.length; at += width) count += labels[at]!;
  return count;
}
