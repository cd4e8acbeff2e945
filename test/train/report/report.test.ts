import assert from 'node:assert/strict';
import { chart, sharePlot } from '../../../ts/train/report/curves';
import { Html, html, jsonScript } from '../../../ts/train/report/html';
import { renderPage, imageGrid } from '../../../ts/train/report/page';
import { table } from '../../../ts/train/report/table';

const hostile = `<img src=x onerror="alert('1')">&`;

describe('markup', () => {
  it('escapes what is put into it, in text and in attributes', () => {
    const { markup } = html`<a title="${hostile}">${hostile}</a>`;
    assert.equal(markup.match(/[<>]/g)!.length, 4);
    assert.equal(markup.match(/["']/g)!.length, 2);
  });

  it('does not escape markup, lists it, and leaves out what is absent', () => {
    assert.equal(html`<p>${[html`<b>a</b>`, 'b', 3]}${null}${undefined}</p>`.markup, '<p><b>a</b>b3</p>');
  });

  it('carries data that cannot end its element', () => {
    const { markup } = jsonScript({ text: '</script><script>' });
    assert.equal(markup.match(/<\/?script/g)!.length, 2);
    assert.deepEqual(JSON.parse(markup.replace(/<[^>]*>/g, '')), { text: '</script><script>' });
  });
});

describe('a report', () => {
  const page = renderPage({
    title: hostile,
    subtitle: hostile,
    tiles: [{ label: hostile, value: hostile, note: hostile }],
    sections: [
      {
        title: hostile,
        intro: hostile,
        body: table({ columns: [{ label: hostile, hint: hostile }], rows: [[hostile]] }),
      },
      { title: 'Images', body: imageGrid([{ jpeg: Uint8Array.of(1, 2), title: hostile, caption: html`${hostile}` }]) },
      {
        title: 'Curves',
        body: chart({ title: hostile, curves: [{ label: hostile, kind: 'train', key: 'loss' }] }, []),
      },
    ],
  });

  it('asks for nothing from outside', () => {
    const own = page.replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
    assert.deepEqual(own.match(/(src|href)="(?!data:)[^"]*"/g), null);
    assert.doesNotMatch(page, /@import|url\(/);
  });

  it('shows hostile names as text', () => {
    assert.ok(!page.includes('<img src=x'));
    assert.ok(page.includes('&#60;img src=x'));
  });

  it('has its images inside', () => assert.ok(page.includes('src="data:image/jpeg;base64,AQI="')));
});

describe('a table', () => {
  it('shows shares as per cent, absent values as a dash, and keeps the exact value for sorting', () => {
    const { markup } = table({
      columns: [{ label: 'Name' }, { label: 'Share', share: true, digits: 1 }, { label: 'Number', digits: 2 }],
      rows: [['a', 0.12345, null]],
      footer: ['mean', 0.5, NaN],
    });
    assert.match(markup, /<td class="number share" data-value="0.12345" style="--share:0.1235">12.3<\/td>/);
    assert.match(markup, /<td class="number" data-value="">–<\/td>/);
    assert.match(markup, /<tfoot><tr><td data-value="mean">mean<\/td>/);
  });
});

describe('a chart', () => {
  it('puts curves that were logged at different steps on one axis', () => {
    const log = [
      { kind: 'train', epoch: 1, step: 1, seconds: 0, loss: 3 },
      { kind: 'train', epoch: 1, step: 2, seconds: 0, loss: 2 },
      { kind: 'val', epoch: 1, step: 2, seconds: 0, loss: 2.5 },
      { kind: 'val', epoch: 2, step: 3, seconds: 0, loss: null },
    ] as const;
    const curves = [
      { label: 'train', kind: 'train', key: 'loss' },
      { label: 'val', kind: 'val', key: 'loss' },
    ] as const;
    const { markup }: Html = chart({ title: 'Loss', curves }, log);
    const { data } = JSON.parse(/<script type="application\/json">(.*)<\/script>/.exec(markup)![1]!) as {
      data: unknown;
    };
    assert.deepEqual(data, [
      [1, 2],
      [3, 2],
      [null, 2.5],
    ]);
  });
});

describe('a plot of one share over another', () => {
  it('holds its values, the names of both axes, and that both go from 0 to 1', () => {
    const { markup } = sharePlot({
      title: hostile,
      x: { label: 'recall', values: [0, 0.5, 1] },
      y: { label: 'precision', values: [1, 0.75, 0] },
    });
    assert.ok(!markup.includes('<img'));
    const drawing: unknown = JSON.parse(/<script[^>]*>([^]*?)<\/script>/.exec(markup)![1]!);
    assert.deepEqual(drawing, {
      x: 'recall',
      share: true,
      unit: true,
      labels: ['precision'],
      data: [
        [0, 0.5, 1],
        [1, 0.75, 0],
      ],
    });
  });
});
