import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { client } from '../../../ts/train/report/client';
import { chart, sharePlot } from '../../../ts/train/report/curves';
import { Html, html, jsonScript } from '../../../ts/train/report/html';
import { facts, imageGrid, imageStrips, notesSection, renderPage } from '../../../ts/train/report/page';
import { meanRow, table } from '../../../ts/train/report/table';

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

/** A page in which everything has a hostile name. */
function hostilePage(): string {
  return renderPage({
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
}

describe('a report', () => {
  it('asks for nothing from outside', () => {
    const page = hostilePage();
    const own = page.replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
    assert.deepEqual(own.match(/(src|href)="(?!data:|#)[^"]*"/g), null);
    assert.doesNotMatch(page, /@import|url\(/);
  });

  it('shows hostile names as text', () => {
    const page = hostilePage();
    assert.ok(!page.includes('<img src=x'));
    assert.ok(page.includes('&#60;img src=x'));
  });

  it('has its images inside', () => assert.ok(hostilePage().includes('src="data:image/jpeg;base64,AQI="')));

  it('has its style, the library that draws its charts, and the script that calls it, in that order', () => {
    const page = hostilePage();
    const places = ['--page: #ffffff', "Object.defineProperty(navigator, 'language'", 'var uPlot=', 'new uPlot({'].map(
      (part) => page.indexOf(part),
    );
    assert.ok(
      places.every((place, i) => place > (places[i - 1] ?? 0)),
      places.join(),
    );
    assert.ok(page.includes('.uplot'), 'the style of the library');
  });

  it('begins with title, subtitle and figures, with a note where there is one', () => {
    const page = renderPage({
      title: 'Run',
      subtitle: 'of pets',
      tiles: [
        { label: 'AP', value: '50 %', note: 'of 2' },
        { label: 'AR', value: '60 %' },
      ],
      sections: [
        { title: 'One', intro: 'It is.', body: html`<b>1</b>` },
        { title: 'Two, <b>', body: html`<b>2</b>` },
      ],
    });
    assert.ok(page.startsWith('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'));
    assert.ok(page.includes('<title>Run</title>'));
    const body = page.slice(page.indexOf('<body>'), page.indexOf('\n<script>'));
    assert.equal(
      body,
      [
        '<body>',
        '<header><h1>Run</h1><p>of pets</p></header>',
        '<main>',
        '<dl class="figures"><div><dt>AP</dt><dd>50 %<small>of 2</small></dd></div><div><dt>AR</dt><dd>60 %</dd></div></dl>',
        '<nav aria-label="Sections"><a href="#one">One</a><a href="#two-b">Two, &#60;b&#62;</a></nav>',
        '<section id="one"><h2>One</h2><p>It is.</p><b>1</b></section><section id="two-b"><h2>Two, &#60;b&#62;</h2><b>2</b></section>',
        '</main>',
      ].join('\n'),
    );
  });

  it('lists facts, with a dash for what there is none of, and says what is missing only if something is', () => {
    assert.equal(
      facts({ device: 'cpu', steps: 0, best: null }).markup,
      '<dl class="facts"><dt>device</dt><dd>cpu</dd><dt>steps</dt><dd>0</dd><dt>best</dt><dd>–</dd></dl>',
    );
    assert.deepEqual(notesSection([]), []);
    assert.deepEqual(notesSection(['a', '<b>']), [
      { title: 'What is missing', body: new Html('<ul><li>a</li><li>&#60;b&#62;</li></ul>') },
    ]);
  });

  it('has a title and a caption for each image', () => {
    assert.equal(
      imageGrid([{ jpeg: Uint8Array.of(255), title: 'a.jpg', caption: html`<i>b</i>` }]).markup,
      '<div class="images"><figure>\n<img src="data:image/jpeg;base64,/w==" alt="a.jpg" decoding="async">\n<figcaption><strong>a.jpg</strong><i>b</i></figcaption>\n</figure></div>',
    );
  });

  it('has several renderings of an image side by side, each with what it is', () => {
    const { markup } = imageStrips([
      { title: hostile, panels: [{ jpeg: Uint8Array.of(1), title: 'truth' }], caption: html`<i>b</i>` },
      { title: 'b', panels: [] },
    ]);
    assert.ok(!markup.includes('<img src=x'));
    assert.equal(
      markup.replaceAll(/&#\d+;/g, ''),
      '<div class="strips"><div class="strip"><h3>img src=x onerror=alert(1)</h3><div class="panels"><figure>\n<img src="data:image/jpeg;base64,AQ==" alt="img src=x onerror=alert(1): truth" decoding="async">\n<figcaption>truth</figcaption>\n</figure></div><i>b</i></div><div class="strip"><h3>b</h3><div class="panels"></div></div></div>',
    );
  });
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
    assert.match(markup, /<tfoot><tr><th scope="row" data-value="mean">mean<\/th>/);
    assert.match(
      markup,
      /<td class="number share" data-value="0.5" style="--share:0.5000">50.0<\/td><td class="number" data-value="">–<\/td><\/tr><\/tfoot>/,
    );
  });

  it('shows numbers without digits unless told, bars of at most the cell, and a dash for a cell that is not there', () => {
    const cells = (value: number, share: boolean) =>
      /<tbody><tr>(.*)<\/tr>/.exec(
        table({ columns: [{ label: 'x', share }, { label: 'y' }], rows: [[value]] }).markup,
      )![1]!;
    const dash = '<td class="number" data-value="">–</td>';
    assert.equal(cells(12.5, false), `<td class="number" data-value="12.5">13</td>${dash}`);
    assert.equal(
      cells(-0.5, true),
      `<td class="number share" data-value="-0.5" style="--share:0.0000">-50</td>${dash}`,
    );
    assert.equal(cells(1.5, true), `<td class="number share" data-value="1.5" style="--share:1.0000">150</td>${dash}`);
    assert.equal(cells(-0.4, false), `<td class="number" data-value="-0.4">0</td>${dash}`);
    assert.equal(cells(Infinity, true), `${dash}${dash}`);
  });

  it('has heads that sort, with what the column means, to the right over numbers', () => {
    const { markup } = table({
      columns: [{ label: 'Name' }, { label: 'N', hint: 'How many' }],
      rows: [
        ['a', null],
        ['b', 1],
      ],
    });
    assert.ok(
      markup.includes(
        '<thead><tr><th scope="col" aria-sort="none" class=""><button title="Sort">Name</button></th><th scope="col" aria-sort="none" class="number"><button title="How many">N</button></th></tr></thead>',
      ),
    );
    assert.ok(!markup.includes('<tfoot>'));
  });
});

describe('the mean of the rows of a table', () => {
  it('is of those that have a number', () => {
    const rows = [
      ['a', 1, null, 'x'],
      ['b', 3, 5, 'y'],
    ];
    assert.deepEqual(meanRow(rows), ['Mean', 2, 5, null]);
    assert.deepEqual(meanRow([]), ['Mean']);
  });
});

/** The order that the page's script gives a column when its head is clicked: ascending or descending, by turns. */
function sortedByClick(numeric: boolean, values: readonly string[]): string[][] {
  const rows = values.map((value) => ({
    cells: [{ dataset: { value }, classList: { contains: () => numeric || value === '' } }],
  }));
  const orders: string[][] = [];
  const body = {
    rows,
    append: (...sorted: typeof rows) => void orders.push(sorted.map(({ cells }) => cells[0]!.dataset.value)),
  };
  let sort = 'none';
  const head = {
    cellIndex: 0,
    classList: { contains: () => numeric },
    closest: () => ({ tBodies: [body] }),
    getAttribute: () => sort,
    setAttribute: (_: string, value: string) => void (sort = value),
    parentElement: {} as object,
  };
  head.parentElement = { cells: [head] };
  let click = () => {};
  const button = {
    parentElement: head,
    addEventListener: (_: string, listener: () => void) => void (click = listener),
  };
  runInNewContext(client, {
    document: { querySelectorAll: (selector: string) => (selector === 'th button' ? [button] : []) },
    matchMedia: () => ({ addEventListener: () => {} }),
    addEventListener: () => {},
  });
  click();
  click();
  return orders;
}

describe('the sorting of a table', () => {
  it('begins with the largest number, or the first word; what is absent comes last', () => {
    assert.deepEqual(sortedByClick(true, ['', '2', '10']), [
      ['10', '2', ''],
      ['2', '10', ''],
    ]);
    assert.deepEqual(sortedByClick(false, ['', 'b', 'a']), [
      ['a', 'b', ''],
      ['b', 'a', ''],
    ]);
  });
});

describe('a chart', () => {
  it('puts curves that were logged at different steps on one axis', () => {
    const log = [
      { kind: 'train', epoch: 1, step: 1, seconds: 0, loss: 3 },
      { kind: 'train', epoch: 1, step: 2, seconds: 0, loss: 2 },
      { kind: 'val', epoch: 1, step: 2, seconds: 0, loss: 2.5 },
      { kind: 'val', epoch: 2, step: 3, seconds: 0, loss: null },
      { kind: 'train', epoch: 2, step: 4, seconds: 0, other: 1 },
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

describe('the steps of a chart', () => {
  it('are in order, each once, whatever the order of the log', () => {
    const entry = (step: number, loss: number) => ({ kind: 'train', epoch: 1, step, seconds: 0, loss }) as const;
    const { markup } = chart(
      { title: 'Loss & more', share: true, curves: [{ label: 'train', kind: 'train', key: 'loss' }] },
      [entry(10, 1), entry(9, 2), entry(10, 3)],
    );
    assert.equal(
      markup,
      '<figure class="chart">\n<figcaption>Loss &#38; more</figcaption>\n<script type="application/json">{"x":"step","share":true,"unit":false,"labels":["train"],"data":[[9,10],[2,3]]}</script>\n</figure>',
    );
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
