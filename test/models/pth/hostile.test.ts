import assert from 'node:assert/strict';
import { InputError } from '../../../ts/errors';
import { loadPth, type PthValue } from '../../../ts/models/pth';
import type { Tensor } from '../../../ts/tensor';
import { checkpoint, integer, integers, pickleOf, storage, tensor, text } from './pickles';

const load = (...parts: readonly (string | Buffer)[]): PthValue => loadPth(checkpoint(pickleOf(...parts)));
const refuses = (message: RegExp, ...parts: readonly (string | Buffer)[]): void =>
  assert.throws(
    () => load(...parts),
    (error) => error instanceof InputError && message.test(error.message) && !error.message.includes('\n'),
  );

describe('hostile checkpoints', () => {
  it('start from one that is right', () => {
    assert.deepEqual((load(tensor(4, 0, [2, 2], [2, 1])) as Tensor).shape, [2, 2]);
  });

  const opcodes = {
    LONG4: '\x8b',
    INT: 'I',
    LONG: 'L',
    FLOAT: 'F',
    UNICODE: 'V',
    STRING: 'S',
    BINSTRING: 'T',
    PUT: 'p',
    GET: 'g',
    LIST: 'l',
    DICT: 'd',
    POP: '0',
    POP_MARK: '1',
    DUP: '2',
    FROZENSET: '\x91',
    PERSID: 'P',
    INST: 'i',
    OBJ: 'o',
    NEWOBJ_EX: '\x92',
    EXT1: '\x82',
    EXT2: '\x83',
    EXT4: '\x84',
    BYTEARRAY8: '\x96',
    NEXT_BUFFER: '\x97',
    READONLY_BUFFER: '\x98',
  };
  for (const [name, opcode] of Object.entries(opcodes)) {
    it(`are refused with the opcode ${name}, as weights_only refuses it`, () =>
      refuses(new RegExp(`it has the opcode ${name} at byte 3,`), 'N', opcode, Buffer.alloc(2 ** 20, 0x31)));
  }

  const layouts: Readonly<Record<string, Buffer>> = {
    'an offset behind the storage': tensor(4, 4, [1], [1]),
    'an offset below it': tensor(4, -1, [1], [1]),
    'a size beyond it': tensor(4, 0, [5], [1]),
    'a stride beyond it': tensor(4, 0, [2], [4]),
    'a size below nought': tensor(4, 0, [-1], [1]),
    'a stride below nought': tensor(4, 3, [2], [-1]),
    'a product beyond all numbers': tensor(4, 0, [2n ** 40n, 2n ** 40n], [0, 0]),
    'a stride that overflows': tensor(4, 0, [3], [2n ** 62n]),
    'more elements than the storage has bytes': tensor(5, 0, [5], [1]),
    'a storage that overflows': tensor(2n ** 62n, 0, [1], [1]),
    'a storage of less than nothing': tensor(-4, 0, [1], [1]),
    'sizes and strides of two lengths': tensor(4, 0, [2, 2], [1]),
    'more dimensions than operators take': tensor(4, 0, Array(65).fill(1), Array(65).fill(1)),
  };
  for (const [name, pickle] of Object.entries(layouts))
    it(`are refused with ${name}`, () => refuses(/damaged|beyond its storage|does not fit|no tensor storage/, pickle));

  it('may expand one element, as Python can', () =>
    assert.deepEqual((load(tensor(4, 0, [1000, 1000], [0, 0])) as Tensor).shape, [1000, 1000]));

  const nested = Buffer.concat([
    Buffer.from(']q\0'),
    ...Array.from({ length: 60 }, () => Buffer.from('](h\0h\0h\0eq\0')),
  ]);
  const names: Readonly<Record<string, readonly (string | Buffer)[]>> = {
    'a class named by a list of lists': [nested, text('x'), '\x93'],
    'a storage whose key is a list of lists': [
      '(',
      text('storage'),
      'ctorch\nFloatStorage\n',
      nested,
      text('cpu'),
      integer(1),
      'tQ',
    ],
    'a storage with a list for its length': [
      '(',
      text('storage'),
      'ctorch\nFloatStorage\n',
      text('0'),
      text('cpu'),
      nested,
      'tQ',
    ],
    'a storage of four parts': ['(', text('storage'), 'ctorch\nFloatStorage\n', text('0'), text('cpu'), 'tQ'],
    'a storage of a class that is none': [
      '(',
      text('storage'),
      'ctorch\nconstructor\n',
      text('0'),
      text('cpu'),
      integer(1),
      'tQ',
    ],
    'a number for a persistent id': ['K\x01Q'],
    'bytes out of a list of lists': ['c_codecs\nencode\n(', nested, 'tR'],
    'a device out of lists': ['ctorch\ndevice\n(', nested, 'tR'],
    'a function of every object': ['ctorch\nconstructor\n)R'],
    'a function with control characters in its name': ['cos\n\x1b[31msystem\n)R'],
    'a set of a number': ['cbuiltins\nset\n(K\x01tR'],
    'a dict of a number': ['ccollections\nOrderedDict\n(](K\x01etR'],
    'a call that calls itself': [
      'ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._tensor\n_rebuild_from_type_v2\nN)NtR',
    ],
    'a type that is no type': [
      'ctorch._utils\n_rebuild_tensor_v3\n(',
      storage(1, 'UntypedStorage'),
      'K\0(t(t\x89Nctorch\nconstructor\ntR',
    ],
  };
  for (const [name, parts] of Object.entries(names))
    it(`are refused with ${name}`, () =>
      refuses(/harmless|malformed|damaged|no text|no tensor storage|not known|cannot be read/, ...parts));

  const copies: Readonly<Record<string, readonly (string | Buffer)[]>> = {
    bytes: [
      '(',
      text('x'.repeat(100_000)),
      'q\0',
      'c_codecs\nencode\nq\x01',
      ...Array(2000).fill('h\x01h\0\x85R'),
      't',
    ],
    sets: ['(](', 'N'.repeat(100_000), 'eq\0cbuiltins\nset\nq\x01', ...Array(2000).fill('h\x01h\0\x85R'), 't'],
    dicts: [
      '(}(',
      ...Array.from({ length: 20_000 }, (_, i) => Buffer.concat([integer(i), Buffer.from('N')])),
      'uq\0ccollections\nOrderedDict\nq\x01',
      ...Array(2000).fill('h\x01h\0\x85R'),
      't',
    ],
    attributes: [
      '(}(',
      ...Array.from({ length: 20_000 }, (_, i) => Buffer.concat([integer(i), Buffer.from('N')])),
      'uq\0cargparse\nNamespace\n)Rq\x01',
      ...Array(2000).fill('h\x01h\0b'),
      't',
    ],
    'quantized tensors': [
      'ctorch._utils\n_rebuild_qtensor\n(',
      storage(1, 'QInt8Storage'),
      integer(0),
      integers([2 ** 40]),
      integers([0]),
      '(ctorch\nper_tensor_affine\nG',
      Buffer.from('3ff0000000000000', 'hex'),
      'K\0t\x89NtR',
    ],
  };
  for (const [name, parts] of Object.entries(copies))
    it(`cannot fill the memory by copies of ${name}`, () =>
      refuses(/builds more than 8 times what lies in it/, ...parts));

  it('cannot fill it by names for what is there either', () => {
    const value = load(nested) as unknown[];
    assert.equal(value.length, 3);
    assert.equal(value[0], value[1]);
  });

  it('may hold themselves, as in Python', () => {
    const list = load(']q\0h\0a') as unknown[];
    assert.equal(list[0], list);
    const dict = load('}q\0', text('me'), 'h\0s') as { me: unknown };
    assert.equal(dict.me, dict);
  });

  it('are refused when nested without end', () =>
    refuses(/more than 500 containers inside one another/, ']'.repeat(100_000), 'a'.repeat(99_999)));

  it('take lists of any length', () =>
    assert.equal((load('](', 'N'.repeat(300_000), 'e') as unknown[]).length, 300_000));

  it('cannot change the prototype of what they give', () => {
    const value = load('}', text('__proto__'), '}', text('evil'), '\x88ss') as Record<string, unknown>;
    assert.equal(value['evil'], undefined);
    assert.ok(Object.hasOwn(value, '__proto__'));
  });

  it('are refused with indices outside of a sparse tensor', () => {
    const indices = (values: readonly number[]): Buffer[] => [
      Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n('),
      storage(2, 'LongStorage'),
      integer(0),
      integers(values),
      integers([1, 1]),
      Buffer.from('\x89NtR', 'latin1'),
    ];
    refuses(
      /the parts of a sparse tensor do not fit/,
      'ctorch._utils\n_rebuild_sparse_tensor\n(ctorch.serialization\n_get_layout\n(',
      text('torch.sparse_coo'),
      'tR(',
      ...indices([1, 1]),
      tensor(4, 0, [1], [1]),
      integers([3]),
      'tt',
      'R',
    );
  });

  it('are refused with rows of a compressed tensor that go on behind its values', () => {
    const vector = (offset: number, length: number): Buffer[] => [
      Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n('),
      storage(8, 'LongStorage'),
      integer(offset),
      integers([length]),
      integers([1]),
      Buffer.from('\x89NtR', 'latin1'),
    ];
    const pickle = pickleOf(
      'ctorch._utils\n_rebuild_sparse_tensor\n(ctorch.serialization\n_get_layout\n(',
      text('torch.sparse_csr'),
      'tR(',
      ...vector(0, 3),
      ...vector(0, 2),
      ...vector(0, 2),
      integers([2, 2]),
      'ttR',
    );
    assert.throws(() => loadPth(checkpoint(pickle, 64)), /the parts of a sparse tensor do not fit/);
  });
});
