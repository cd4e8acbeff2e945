import assert from 'node:assert/strict';
import { parseHtmlPage, parseJsonPage } from '../../../ts/native/python-index/project-page';

const URL_OF_PAGE = 'https://index.example/simple/torch/';
const SHA256 = 'ab'.repeat(32);

describe('the page of a package', () => {
  it('lists what an HTML page links to', () => {
    const html = `<!DOCTYPE html><html><head><meta charset=utf-8><title>torch</title></head><body><h1>Links</h1>
      <a href="../../files/torch-2.13.0%2Bcpu-cp311-cp311-linux_x86_64.whl#sha256=${SHA256.toUpperCase()}"
         data-core-metadata="sha256=00">torch</a><br>
      <A HREF='https://other.example/torch-2.12.0-py3-none-any.whl?a=1&amp;b=2' data-yanked="broken &lt;build&gt;">x</A>
      <a href="torch-2.11.0-py3-none-any.whl#md5=00" data-yanked>y</a>
      <a>no address</a><a href="http://[">no address either</a><a href="../">up</a>`;
    assert.deepEqual(parseHtmlPage(html, URL_OF_PAGE), [
      {
        name: 'torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl',
        url: 'https://index.example/files/torch-2.13.0%2Bcpu-cp311-cp311-linux_x86_64.whl',
        sha256: SHA256,
        hasMetadata: true,
      },
      {
        name: 'torch-2.12.0-py3-none-any.whl',
        url: 'https://other.example/torch-2.12.0-py3-none-any.whl?a=1&b=2',
        yanked: 'broken <build>',
      },
      { name: 'torch-2.11.0-py3-none-any.whl', url: `${URL_OF_PAGE}torch-2.11.0-py3-none-any.whl`, yanked: '' },
    ]);
  });

  it('counts links from where the page says', () => {
    const html = '<base href="/files/"><a href="a-1.0-py3-none-any.whl">a</a>';
    assert.equal(parseHtmlPage(html, URL_OF_PAGE)[0]!.url, 'https://index.example/files/a-1.0-py3-none-any.whl');
  });

  it('lists what a JSON page lists', () => {
    const page = {
      meta: { 'api-version': '1.4' },
      name: 'torch',
      files: [
        { filename: 'a.whl', url: '/a.whl', hashes: { sha256: SHA256 }, size: 7, yanked: false, 'core-metadata': true },
        { filename: 'b.whl', url: 'b.whl', hashes: {}, yanked: 'broken', 'dist-info-metadata': false },
        { filename: 'c.whl', url: 'c.whl', hashes: { sha256: 'short' }, yanked: true },
        { filename: 'no-url.whl' },
      ],
    };
    assert.deepEqual(parseJsonPage(JSON.stringify(page), URL_OF_PAGE), [
      { name: 'a.whl', url: 'https://index.example/a.whl', sha256: SHA256, bytes: 7, hasMetadata: true },
      { name: 'b.whl', url: `${URL_OF_PAGE}b.whl`, yanked: 'broken' },
      { name: 'c.whl', url: `${URL_OF_PAGE}c.whl`, yanked: '' },
    ]);
  });

  it('says why a text is no JSON page', () => {
    for (const [text, reason] of [
      ['<!doctype html><p>Log in', /^Error: it announces JSON and sends "<!doctype html><p>Lo"$/],
      ['{"meta":{"api-version":"2.0"},"files":[]}', /speaks version 2\.0 of the simple repository API, expected 1$/],
      ['{"message":"hello"}', /its JSON has no list of files$/],
      ['null', /its JSON has no list of files$/],
    ] as const)
      assert.throws(() => parseJsonPage(text, URL_OF_PAGE), reason);
  });
});
