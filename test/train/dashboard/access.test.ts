import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { Access } from '../../../ts/train/dashboard/access';

const TOKEN = 'a-token';
const asked = (headers: Record<string, string>, query: unknown = {}, host = '127.0.0.1') =>
  new Access({ token: TOKEN, host }).refusal({ headers, query })?.status;
const authorization = `Bearer ${TOKEN}`;

describe('who may ask the dashboard', () => {
  it('is whoever has the token, in the address or in a header', () => {
    const host = '127.0.0.1:6007';
    assert.equal(asked({ host }, { token: TOKEN }), undefined);
    assert.equal(asked({ host, authorization }), undefined);
    for (const query of [{}, undefined, { token: '' }, { token: `${TOKEN}x` }, { token: [TOKEN, TOKEN] }])
      assert.equal(asked({ host }, query), 401, JSON.stringify(query));
    for (const wrong of ['Bearer', 'Bearer x', `Basic ${TOKEN}`, TOKEN])
      assert.equal(asked({ host, authorization: wrong }), 401, wrong);
    // A wrong one in the header is not mended by a right one in the address.
    assert.equal(asked({ host, authorization: 'Bearer x' }, { token: TOKEN }), 401);
  });

  it('is nobody by a name that another page could have given to this machine', () => {
    for (const host of [
      'evil.example',
      'evil.example:6007',
      '127.0.0.1.evil.example',
      '10.0.0.9',
      '',
      'a b',
      'x@127.0.0.1',
      '127.0.0.1/x',
    ])
      assert.equal(asked({ host, authorization }), 403, host);
    assert.equal(asked({ authorization }), 403, 'no header');
    // The names of this machine itself, and by a tunnel with another port.
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:9999', '[::1]:6007'])
      assert.equal(asked({ host, authorization }), undefined, host);
  });

  it('is by any address of the machine where it listens at all, and by the one that it was given', () => {
    assert.equal(asked({ host: '10.0.0.9:6007', authorization }, {}, '0.0.0.0'), undefined);
    assert.equal(asked({ host: '[fe80::1]', authorization }, {}, '::'), undefined);
    assert.equal(asked({ host: `${hostname()}:6007`, authorization }, {}, '0.0.0.0'), undefined);
    assert.equal(asked({ host: 'evil.example', authorization }, {}, '0.0.0.0'), 403);
    assert.equal(asked({ host: 'gpu-box:6007', authorization }, {}, 'gpu-box'), undefined);
    assert.equal(asked({ host: '10.0.0.9', authorization }, {}, '10.0.0.8'), 403);
  });

  it('is no page of another origin', () => {
    const host = '127.0.0.1:6007';
    assert.equal(asked({ host, authorization, origin: 'http://127.0.0.1:6007' }), undefined);
    for (const origin of ['http://evil.example', 'http://127.0.0.1:6008', 'null', 'http://localhost:6007'])
      assert.equal(asked({ host, authorization, origin }), 403, origin);
  });
});
