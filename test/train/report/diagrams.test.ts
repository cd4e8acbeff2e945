import assert from 'node:assert/strict';
import { barChart, matrix, reliabilityDiagram } from '../../../ts/train/report/diagrams';

const hostile = `<img src=x onerror="alert('1')">&`;

describe('a reliability diagram', () => {
  const bar = (from: number, probability: number | null, frequency: number | null, count: number) => ({
    from,
    to: from + 0.5,
    count,
    probability,
    frequency,
  });
  const { markup } = reliabilityDiagram(hostile, [bar(0, 0.2, 0.4, 10), bar(0.5, 0.75, 0.5, 40)]);
  const numbers = (kind: string) =>
    [...markup.matchAll(new RegExp(`<\\w+ class="${kind}" (.*?)/>`, 'g'))].map(([, attributes]) =>
      [...attributes!.matchAll(/="([-\d.]+)"/g)].map(([, value]) => Number(value)),
    );

  it('says in words what it draws, and shows hostile names as text', () => {
    assert.ok(!markup.includes('<img'));
    assert.match(
      markup,
      /role="img" aria-label="[^"]*: 20\u00a0% stated, 40\u00a0% observed; 75\u00a0% stated, 50\u00a0% observed"/,
    );
    assert.ok(
      markup.includes('<title>0\u00a0% to 50\u00a0%: 10 answers, 20\u00a0% stated, 40\u00a0% observed</title>'),
    );
  });

  it('draws what is common to both, the distance, and a line at what was observed', () => {
    // 200 units for one, from 46 to the right and from 206 up.
    assert.deepEqual(numbers('common'), [
      [47, 166, 98, 40],
      [147, 106, 98, 100],
    ]);
    assert.deepEqual(numbers('distance'), [
      [47, 126, 98, 40],
      [147, 56, 98, 50],
    ]);
    assert.deepEqual(numbers('observed'), [
      [47, 126, 145, 126],
      [147, 106, 245, 106],
    ]);
  });

  it('shows how full the bins are, and nothing of an empty one', () => {
    assert.deepEqual(
      numbers('count').map((rect) => rect[3]),
      [5.5, 22],
    );
    const empty = reliabilityDiagram('x', [bar(0, null, null, 0)]).markup;
    assert.ok(!/class="(common|count)"/.test(empty) && empty.includes('class="ideal"'));
  });
});

describe('a chart of bars', () => {
  it('has the longest at full length, the others in proportion, none for what is absent', () => {
    const { markup } = barChart([
      { label: hostile, value: 0.5, text: 'half' },
      { label: 'b', note: 'a note', value: 2, text: 'two' },
      { label: 'c', value: null, text: '–' },
      { label: 'd', value: -1, text: 'less' },
    ]);
    assert.ok(!markup.includes('<img'));
    assert.deepEqual(
      [...markup.matchAll(/--share:([\d.]+)/g)].map(([, share]) => share),
      ['0.2500', '1.0000', '0.0000', '0.0000'],
    );
    assert.ok(markup.includes('<dt>b<small>a note</small></dt>'));
    assert.ok(markup.includes('<span class="value">two</span>'));
    assert.ok(barChart([{ label: 'a', value: 0, text: '0' }]).markup.includes('--share:0.0000'));
  });
});

describe('a matrix', () => {
  it('has heads for rows and columns, the sign as a colour, and empty cells', () => {
    const { markup } = matrix({
      title: 'Errors',
      names: ['a', '<b>'],
      values: [
        [null, -0.25],
        [0.5, 0],
      ],
    });
    assert.ok(markup.includes('<caption>Errors</caption>'));
    assert.ok(markup.includes('<th scope="col"><span>&#60;b&#62;</span></th>'));
    assert.ok(
      markup.includes('<tr><th scope="row">a</th><td></td><td class="cold" style="--share:0.25">-25</td></tr>'),
    );
    assert.ok(
      markup.includes('<td class="hot" style="--share:0.50">50</td><td class="hot" style="--share:0.00">0</td>'),
    );
  });
});
