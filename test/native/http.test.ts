import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chunksOf, explainNetworkError, request, withoutCredentials } from '../../ts/native/http';
import { Machine } from './libtorch/machine';
import { TestServer } from './server';

describe('the body of a response', () => {
  const textOf = async (body: ReadableStream<Uint8Array> | null, signal: AbortSignal): Promise<string> => {
    let text = '';
    for await (const chunk of chunksOf({ body }, signal)) text += Buffer.from(chunk).toString();
    return text;
  };
  const never = new AbortController().signal;

  it('comes piece by piece, and may be none', async () => {
    assert.equal(await textOf(new Response('all of it').body, never), 'all of it');
    assert.equal(await textOf(null, never), '');
  });

  it('ends with the reason of the signal, also where the stream itself never ends', async () => {
    const stop = new AbortController();
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(3)),
      cancel: () => new Promise<void>(() => {}),
    });
    const ended = textOf(endless, stop.signal);
    setImmediate(() => stop.abort(new Error('enough')));
    await assert.rejects(ended, /^Error: enough$/);
    const unread = new ReadableStream<Uint8Array>({ cancel: () => new Promise<void>(() => {}) });
    await assert.rejects(textOf(unread, stop.signal), /^Error: enough$/); // aborted before the first read
  });

  it('is cancelled when no more is wanted of it, and fails as the stream does', async () => {
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: () => void (isCancelled = true),
    });
    for await (const _ of chunksOf({ body: stream }, never)) break;
    assert.ok(isCancelled);
    const failing = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('cut')) });
    await assert.rejects(textOf(failing, never), /^Error: cut$/);
  });
});

describe('a request', () => {
  let machine: Machine;
  let server: TestServer;
  beforeEach(async () => {
    machine = new Machine();
    server = await TestServer.start((_, response) => void response.end('from the server'));
  });
  afterEach(() => {
    server.stop();
    machine.restore();
  });

  const failureOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: unknown) => explainNetworkError(error).reason,
    );

  describe('with a proxy', () => {
    let proxy: TestServer;
    beforeEach(async () => {
      proxy = await TestServer.start((_, response) => void response.end('from the proxy'));
    });
    afterEach(() => proxy.stop());

    it('goes to the one that HTTP_PROXY names, in either case and without its scheme', async () => {
      for (const [name, value] of [
        ['HTTP_PROXY', proxy.origin],
        ['http_proxy', proxy.origin],
        ['HTTP_PROXY', new URL(proxy.origin).host],
      ] as const) {
        process.env[name] = value;
        assert.equal(await (await request('http://index.example/simple/')).text(), 'from the proxy');
        delete process.env[name];
      }
      assert.deepEqual(proxy.paths, Array(3).fill('http://index.example/simple/'));
      assert.equal(await (await request(server.origin)).text(), 'from the server');
    });

    it('sends user and password of the proxy to it', async () => {
      process.env.HTTP_PROXY = proxy.origin.replace('//', '//user:secret@');
      await request('http://index.example/');
      const sent = proxy.requests[0]!.headers['proxy-authorization'];
      assert.equal(sent, `Basic ${Buffer.from('user:secret').toString('base64')}`);
    });

    it('goes straight to the hosts in NO_PROXY, in either case', async () => {
      process.env.HTTP_PROXY = proxy.origin;
      for (const [name, value] of [
        ['NO_PROXY', 'other.example, 127.0.0.1'],
        ['no_proxy', `127.0.0.1:${new URL(server.origin).port}`],
        ['NO_PROXY', '*'],
      ] as const) {
        process.env[name] = value;
        assert.equal(await (await request(server.origin)).text(), 'from the server');
        delete process.env[name];
      }
      assert.equal(proxy.requests.length, 0);
    });

    it('is refused where the variable is no address, without printing the password', async () => {
      process.env.HTTPS_PROXY = 'socks5://user:secret@127.0.0.1:1080';
      await assert.rejects(request('https://index.example/'), {
        name: 'InputError',
        message:
          "HTTPS_PROXY: expected the address of a proxy for HTTP, such as http://proxy.example.org:3128, found 'socks5://127.0.0.1:1080'; correct or unset the variable.",
      });
    });
  });

  it('goes through a tunnel to a host of https, and says what a proxy has against it', async () => {
    let status = '200 Connection Established';
    const asked: string[] = [];
    const sockets: Socket[] = [];
    const proxy = createServer().listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    proxy.on('connect', (message, socket) => {
      asked.push(message.url!);
      if (!status.startsWith('200')) return void socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
      const target = connect(Number(new URL(server.origin).port), '127.0.0.1', () => {
        socket.write(`HTTP/1.1 ${status}\r\n\r\n`);
        target.pipe(socket).pipe(target);
      });
      sockets.push(target, socket as Socket);
      for (const one of sockets) one.on('error', () => {});
    });
    try {
      process.env.HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      // There is no TLS at the other end, so that the tunnel alone succeeds.
      await failureOf(request('https://index.example/'));
      assert.deepEqual(asked, ['index.example:443']);
      status = '407 Proxy Authentication Required';
      assert.match(
        await failureOf(request('https://index.example/')),
        /^the proxy asks for user and password \(407\); give them in HTTPS_PROXY, as http:\/\/user:password@host:port$/,
      );
      status = '403 Forbidden';
      assert.match(
        await failureOf(request('https://index.example/')),
        /^the proxy refused to connect \(403\); check HTTPS_PROXY, or name the host in NO_PROXY$/,
      );
    } finally {
      for (const socket of sockets) socket.destroy();
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  it('says that redirects have no end', async () => {
    server.handler = (_, response) => void response.writeHead(302, { location: '/again' }).end();
    assert.equal(await failureOf(request(server.origin)), 'it redirects without end');
    process.env.HTTP_PROXY = server.origin;
    assert.equal(await failureOf(request('http://index.example/')), 'it redirects without end');
  });

  it('says what to do about a certificate that nobody knows, which NODE_EXTRA_CA_CERTS makes known', async function () {
    const script = `
      const { createServer } = require('node:https');
      const { readFileSync } = require('node:fs');
      const { request, explainNetworkError } = require(${JSON.stringify(join(__dirname, '../../ts/native/http.ts'))});
      const [key, cert] = process.argv.slice(1).map((path) => readFileSync(path));
      const server = createServer({ key, cert }, (_, response) => response.end('trusted')).listen(0, '127.0.0.1', async () => {
        const answer = await request('https://localhost:' + server.address().port).then((r) => r.text(), (e) => explainNetworkError(e).reason);
        console.log(answer);
        process.exit();
      });`;
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(machine.root, name));
    const openssl = spawn(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        key!,
      ].concat(['-out', cert!, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']),
      { stdio: 'ignore' },
    );
    const [code] = (await Promise.race([once(openssl, 'close'), once(openssl, 'error').then(() => [1])])) as [number];
    if (code !== 0) {
      this.test!.title += ' (skipped: openssl makes no certificate here)';
      this.skip();
    }
    const run = async (trusted: string | undefined): Promise<string> => {
      const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', script, key!, cert!], {
        env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      await once(child, 'close');
      return text.trim();
    };
    assert.match(
      await run(undefined),
      /^this machine does not trust its certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\); set NODE_EXTRA_CA_CERTS to the file of certificates/,
    );
    assert.equal(await run(cert), 'trusted');
  });
});

describe('credentials in an address', () => {
  it('become a header, and are not printed', () => {
    assert.deepEqual(withoutCredentials('https://user:p%40ss@index.example/simple'), {
      url: 'https://index.example/simple',
      headers: { authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}` },
    });
    assert.deepEqual(withoutCredentials('https://100%:p%zz@index.example/simple').headers, {
      authorization: `Basic ${Buffer.from('100%:p%zz').toString('base64')}`,
    });
    assert.deepEqual(withoutCredentials('https://index.example/simple'), {
      url: 'https://index.example/simple',
      headers: {},
    });
    assert.equal(withoutCredentials('//user:secret@host').url, '//host');
  });
});
