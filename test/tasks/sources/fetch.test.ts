import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { InputError } from '../../../ts/errors';
import { isPrivateAddress, fetchBytes } from '../../../ts/tasks/sources/fetch';

describe('a download', () => {
  let server: Server;
  let base: string;

  before((done) => {
    server = createServer(({ url }, response) => {
      const redirect = (location: string) => response.writeHead(302, { location }).end();
      if (url === '/ok') response.end('image');
      else if (url === '/large') response.end(Buffer.alloc(2000));
      else if (url === '/endless')
        (response.write(Buffer.alloc(1000)), setInterval(() => response.write(Buffer.alloc(1000)), 5).unref());
      else if (url === '/again') redirect('/ok');
      else if (url === '/loop') redirect('/loop');
      else if (url === '/metadata') redirect('http://169.254.169.254/latest');
      else if (url === '/name') redirect(`http://localhost:${(server.address() as AddressInfo).port}/ok`);
      else if (url === '/file') redirect('file:///etc/passwd');
      else if (url === '/cut')
        (response.writeHead(200, { 'content-length': 10 }),
          response.write('12345'),
          setTimeout(() => response.destroy(), 20));
      else if (url !== '/silent') response.writeHead(404).end();
    }).listen(0, '127.0.0.1', () => {
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = (path: string, options = {}) =>
    fetchBytes(base + path, options).then((bytes) => Buffer.from(bytes).toString());

  it('gives the body', async () => assert.equal(await get('/ok'), 'image'));
  it('follows redirects where they are allowed', async () =>
    assert.equal(await get('/again', { privateAddresses: 'all' }), 'image'));
  it('says what the server answered', () =>
    assert.rejects(get('/none'), /^InputError: Cannot download http:.*\/none: the server answered 404 Not Found\.$/));
  it('is refused when it is too large, announced or not', async () => {
    await assert.rejects(get('/large', { maxBytes: 1000 }), /expected at most .* the server sends more/);
    await assert.rejects(get('/endless', { maxBytes: 5000 }), /the server sends more/);
  });
  it('gives up after its time', () =>
    assert.rejects(get('/silent', { timeoutMs: 100 }), /no complete answer within 0.1 s/));
  it('is not taken for complete when it was cut', () => assert.rejects(get('/cut'), /Cannot download .*: aborted\./));
  it('says so when a server switches protocols, which nobody asked for', async () => {
    const switching = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      );
    }).listen(0, '127.0.0.1');
    await once(switching, 'listening');
    try {
      const url = `http://127.0.0.1:${(switching.address() as AddressInfo).port}/x.jpg`;
      await assert.rejects(
        fetchBytes(url),
        /^InputError: Cannot download .*: the server answered 101 Switching Protocols, which was not asked for\.$/,
      );
    } finally {
      switching.close();
    }
  });
  it('shows what a server says without the commands to a terminal in it', async () => {
    const raw = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () =>
        socket.end('HTTP/1.1 404 \x1b]0;owned\x07\x1b[2JGone\r\ncontent-length: 0\r\n\r\n', 'latin1'),
      );
    }).listen(0, '127.0.0.1');
    await once(raw, 'listening');
    try {
      const error = await fetchBytes(`http://127.0.0.1:${(raw.address() as AddressInfo).port}/x.jpg`).catch(
        (reason: Error) => reason,
      );
      assert.ok(error instanceof InputError);
      assert.doesNotMatch(error.message, /[\x00-\x1f\x7f-\x9f]/);
    } finally {
      raw.close();
    }
  });
  it('does not go round in circles', () =>
    assert.rejects(get('/loop', { privateAddresses: 'all' }), /more than 5 redirects/));
  it('does not leave http', () =>
    assert.rejects(
      get('/file', { privateAddresses: 'all' }),
      /redirects to file:\/\/\/etc\/passwd, which is neither http nor https/,
    ));

  it('does not follow a redirect to a private address, by number or by name', async () => {
    await assert.rejects(get('/metadata'), /leads to 169.254.169.254, an address of a private network/);
    await assert.rejects(get('/again'), /leads to 127.0.0.1, an address of a private network/);
    await assert.rejects(get('/name'), /leads to localhost \((127.0.0.1|::1)\), an address of a private network/);
    assert.equal(await get('/name', { privateAddresses: 'all' }), 'image');
  });

  it('asks no private address at all when told so', () =>
    assert.rejects(
      get('/ok', { privateAddresses: 'none' }),
      /127.0.0.1, an address of a private network, which is refused/,
    ));
  it('says when nobody answers', () =>
    assert.rejects(
      fetchBytes('http://127.0.0.1:1/x.jpg'),
      /Cannot download http:\/\/127.0.0.1:1\/x.jpg: .*ECONNREFUSED/,
    ));
});

describe('private addresses', () => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '::1',
    '[::1]',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '100.64.0.1',
    '2002:7f00:1::',
    '64:ff9b:1::1',
    '64:ff9b::7f00:1',
    '::7f00:1',
    'fec0::1',
    '::ffff:0:7f00:1',
    '2001::1',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '2001:db8::1',
    '3fff::1',
    '4000::1',
    '255.255.255.255',
    '127.1',
    '0x7f.1',
    '2130706433',
    'fe80::1%eth0',
    'no address',
  ]) {
    it(`include ${address}`, () => assert.ok(isPrivateAddress(address)));
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8']) {
    it(`do not include ${address}`, () => assert.ok(!isPrivateAddress(address)));
  }
});
