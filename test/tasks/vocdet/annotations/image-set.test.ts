import assert from 'node:assert/strict';
import { decodeText } from '../../../../ts/data/text';
import { openVoc } from '../../../../ts/tasks/vocdet/annotations/voc';
import { temporaryFolder, vocXml } from '../fixture';

describe('a list of images', () => {
  const folder = temporaryFolder();
  const ids = ['a', 'b', 'my image (1)', 'cat -1', 'x.1'];

  /** The ids of a set whose list has this text. */
  const read = (text: string | Buffer) => {
    const files = ids.flatMap((id) => [
      [`Annotations/${id}.xml`, vocXml(20, 10, [])],
      [`JPEGImages/${id}.jpg`, id],
    ]);
    const voc = openVoc(
      folder.write({ ...(Object.fromEntries(files) as Record<string, string>), 'ImageSets/Main/train.txt': text }),
    );
    return voc.split('train').then((split) => [...split.ids]);
  };

  const lists: Readonly<Record<string, readonly [string | Buffer, string[]]>> = {
    ids: ['a\nb\n', ['a', 'b']],
    'marks of one class': ['a  1\nb -1\nx.1  0\n', ['a', 'x.1']],
    'blanks in an id': ['my image (1)\na\n', ['my image (1)', 'a']],
    'blanks in an id, with marks': ['my image (1)  1\na -1\n', ['my image (1)']],
    'an id that ends as a mark': ['cat -1\na\n', ['cat -1', 'a']],
    'an id that ends as a mark, with marks': ['cat -1  1\na  1\n', ['cat -1', 'a']],
    'carriage returns': ['a\rb\r', ['a', 'b']],
    'carriage returns and line feeds': ['a\r\nb\r\n\r\n', ['a', 'b']],
    'a byte order mark': ['\ufeffa\nb\n', ['a', 'b']],
    'UTF-16': [Buffer.from('\ufeffa\r\nb\r\n', 'utf16le'), ['a', 'b']],
    endings: ['a.jpg\nb.JPG\nx.1.jpg\n', ['a', 'b', 'x.1']],
    paths: ['JPEGImages/a.jpg\n/home/me/voc/JPEGImages/b.jpg\nC:\\voc\\JPEGImages\\x.1.jpg\n', ['a', 'b', 'x.1']],
    'encoded blanks': ['my%20image%20(1).jpg\n', ['my image (1)']],
    quotes: ['"a"\n"my image (1)"\n', ['a', 'my image (1)']],
    'images beside annotations': ['JPEGImages/a.jpg Annotations/a.xml\n', ['a']],
    'other letters': ['A\n', ['a']],
    'an image that is missing': ['nowhere.jpg\n', ['nowhere']],
    comments: ['# mine\na\n', ['a']],
    nothing: ['\n', []],
  };
  for (const [what, [text, expected]] of Object.entries(lists)) {
    it(`is read with ${what}`, async () => assert.deepEqual(await read(text), expected));
  }

  it('is refused with its line where an id cannot be told', async () => {
    await assert.rejects(read('a b x.1\n'), {
      code: 'TTS_INPUT',
      message:
        /train\.txt line 1: expected the id of an image that is there, found 'a b x\.1'; each id stands in a line of its own/,
    });
    await assert.rejects(read('a,b\n'), /train\.txt line 1: .*found 'a,b'/);
    await assert.rejects(read('a\n\nb 2\n'), /train\.txt line 3: .*found 'b 2'/);
    await assert.rejects(
      read('a\nb\na.jpg\n'),
      /train\.txt line 3: expected every image once, found a, which is in line 1 too\.$/,
    );
  });

  it('is decoded by what its bytes show', () => {
    assert.equal(decodeText(Buffer.from('\ufeffä', 'utf8')), 'ä');
    assert.equal(decodeText(Buffer.from('aä', 'utf16le')), 'aä');
    assert.equal(decodeText(Buffer.from('\ufeffä', 'utf16le').swap16()), 'ä');
    assert.equal(decodeText(Buffer.from('gr\u00fcn', 'latin1')), 'grün');
    assert.equal(decodeText(Buffer.alloc(0)), '');
  });
});
