import assert from 'node:assert/strict';
import { formatShardIndex, looksLikeIndex, parseShardIndex } from '../../../ts/data/shards/shard-index';

const KIND = '"__kind__":"wids-shard-index-v1"';
const shard = '{"url":"a.tar","nsamples":2,"filesize":3}';

describe('the index of shards', () => {
  it('is read as it is written', () => {
    const index = {
      datasets: [
        {
          name: 'train',
          shardlist: [{ url: 'a.tar', nsamples: 1, filesize: 10, md5sum: 'a'.repeat(32), sha256: 'b'.repeat(64) }],
          samples: { url: 'train.jsonl.gz', filesize: 4 },
        },
      ],
      info: { classes: ['a'] },
    };
    const text = formatShardIndex(index);
    assert.deepEqual(parseShardIndex(text, 'index.json'), index);
    assert.ok(looksLikeIndex(text));
  });

  it('may be one of wids, with a list of its own', () => {
    const text = `{${KIND},"wids_version":1,"shardlist":[${shard}],"name":"pets"}`;
    const { datasets, info } = parseShardIndex(text, 'index.json');
    assert.deepEqual(datasets, [{ name: 'pets', shardlist: [{ url: 'a.tar', nsamples: 2, filesize: 3 }] }]);
    assert.deepEqual(info, {});
    assert.equal(parseShardIndex(`{${KIND},"shardlist":[${shard}]}`, '').datasets[0]!.name, 'all');
  });

  it('is known by its beginning', () => {
    assert.ok(!looksLikeIndex('{"images":[{"__kind__":"wids-shard-index-v1"}]}'));
    assert.ok(!looksLikeIndex('<!doctype html>'));
  });

  const wrong: Record<string, [text: string, message: RegExp]> = {
    'no JSON': ['<html>', /^x: expected JSON, found something else/],
    'a list': ['[1]', /found something else; write one/],
    'another JSON': ['{"images":[]}', /found a JSON file of another kind; write one by `data shard`/],
    'another version': [`{${KIND},"wids_version":2,"shardlist":[${shard}]}`, /expected wids_version 1, found 2/],
    'no shards': [`{${KIND},"datasets":[]}`, /expected shards, found none/],
    'shards that are no list': [`{${KIND},"shardlist":{}}`, /expected a list for datasets\[0\]\.shardlist/],
    'a shard without address': [
      `{${KIND},"shardlist":[{"nsamples":1}]}`,
      /expected an address for datasets\[0\]\.shardlist\[0\]\.url, found nothing/,
    ],
    'a shard of unknown size': [
      `{${KIND},"shardlist":[{"url":"a","nsamples":1}]}`,
      /expected a whole number for datasets\[0\]\.shardlist\[0\]\.filesize, found nothing/,
    ],
    'a negative count': [
      `{${KIND},"shardlist":[{"url":"a","nsamples":-1,"filesize":1}]}`,
      /expected a whole number for .*nsamples, found -1/,
    ],
    'a checksum that is none': [
      `{${KIND},"shardlist":[{"url":"a","nsamples":1,"filesize":1,"md5sum":"x"}]}`,
      /expected 32 hexadecimal digits for .*md5sum, found "x"/,
    ],
    'a split without name': [
      `{${KIND},"datasets":[{"shardlist":[${shard}]}]}`,
      /expected a name for datasets\[0\]\.name/,
    ],
    'a split twice': [
      `{${KIND},"datasets":[{"name":"a","shardlist":[${shard}]},{"name":"a","shardlist":[${shard}]}]}`,
      /expected each name once for datasets, found "a"/,
    ],
  };
  for (const [what, [text, message]] of Object.entries(wrong)) {
    it(`is refused: ${what}`, () => {
      assert.throws(() => parseShardIndex(text, 'x'), { code: 'TTS_INPUT', message });
    });
  }
});
