import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Calibration, compile, loadCompileOptions } from '../../ts/compile';
import { InputError } from '../../ts/errors';
import * as nn from '../../ts/nn';
import * as torch from '../../ts/tensor';
import type { Tensor } from '../../ts/tensor';
import { STRICT } from './near';

class Residual extends nn.Module {
  readonly first = new nn.Conv2d(3, 8, 3, { padding: 1 });
  readonly second = new nn.Conv2d(8, 8, 3, { padding: 1 });

  forward(x: Tensor): Tensor {
    const y = torch.relu(this.first.forward(x));
    return torch.relu(this.second.forward(y).add(y));
  }
}

describe('what a module was compiled with', () => {
  let folder: string;
  beforeEach(() => {
    torch.manualSeed(0);
    folder = mkdtempSync(join(tmpdir(), 'compile-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const images = (): Tensor[] => [torch.rand([1, 3, 8, 8]), torch.rand([2, 3, 6, 8])];

  it('is read again, and computes the same bits without images', () => {
    const model = new Residual().eval();
    const x = torch.rand([1, 3, 9, 7]);
    using fast = compile(model, { precision: 'int8', calibrate: images(), ...STRICT });
    const wanted = fast.forward(x);
    fast.saveOptions(folder);
    const options = loadCompileOptions(folder)!;
    using again = compile(model, { ...options, ...STRICT });
    assert.ok(torch.equal(again.forward(x), wanted));
    again.saveOptions(folder);
    assert.deepEqual(loadCompileOptions(folder), options);
    assert.ok(!torch.equal(model.forward(x), wanted));
  });

  it('is calibrated when it is saved, if it was not before', () => {
    using fast = compile(new Residual().eval(), { precision: 'int8', calibrate: images() });
    assert.equal(fast.calibration, null);
    fast.saveOptions(folder);
    assert.deepEqual(Object.keys(fast.calibration!.toJSON()), ['first#0', 'second#0']);
    assert.deepEqual(loadCompileOptions(folder)!.calibrate, fast.calibration);
  });

  it('holds the least and the greatest number at each convolution', () => {
    const model = new Residual().eval();
    const x = torch.rand([1, 3, 8, 8]);
    using fast = compile(model, { precision: 'int8', calibrate: [x, x.neg()] });
    fast.saveOptions(folder);
    const { 'first#0': first } = fast.calibration!.toJSON();
    const largest = x.max().item() as number;
    assert.deepEqual([first!.input, first!.residual], [[-largest, largest], null]);
    assert.equal(first!.result[0], 0);
    const json = JSON.parse(JSON.stringify(fast.calibration)) as unknown;
    assert.deepEqual(Calibration.fromJSON(json), fast.calibration);
  });

  it('is the precision alone where nothing is calibrated', () => {
    for (const precision of ['float32', 'bfloat16', 'int8'] as const) {
      using fast = compile(new nn.Linear(4, 4).eval(), { precision });
      fast.saveOptions(folder);
      assert.deepEqual(loadCompileOptions(folder), { precision });
    }
  });

  it('is null in a folder without it', () => assert.equal(loadCompileOptions(folder), null));

  const broken: readonly [string, RegExp][] = [
    ['{', /compile\.json: cannot be read: /],
    ['[]', /compile\.json: expected an object, found /],
    ['{"precision":"int4"}', /compile\.json: expected a precision of 'float32', 'bfloat16', 'int8', found .int4./],
    ['{"precision":"int8","scale":1}', /expected the keys precision and calibration, found "scale"/],
    ['{"precision":"int8","calibration":[]}', /calibration: expected an object with ranges by convolution/],
    ['{"precision":"int8","calibration":{"a#0":{}}}', /a#0\.input: expected the least and the greatest/],
    [
      '{"precision":"int8","calibration":{"a#0":{"input":[1,0],"residual":null,"result":[0,1]}}}',
      /a#0\.input: expected the least and the greatest of some numbers, found/,
    ],
  ];
  for (const [text, message] of broken)
    it(`is refused where the file holds ${text}`, () => {
      writeFileSync(join(folder, 'compile.json'), text);
      assert.throws(
        () => loadCompileOptions(folder),
        (error: Error) => error instanceof InputError && message.test(error.message),
      );
    });

  it('that does not belong to the module lets it run eagerly, and says why', () => {
    const messages: string[] = [];
    const calibrate = Calibration.fromJSON({ 'other#0': { input: [0, 1], residual: null, result: [0, 1] } });
    using fast = compile(new Residual().eval(), {
      precision: 'int8',
      calibrate,
      onWarning: (message) => messages.push(message),
    });
    fast.forward(torch.rand([1, 3, 8, 8]));
    assert.match(messages.join(), /no input of the calibration went through the convolution first#0/);
  });
});
