import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeShards } from '../../ts/data/shards/write-shards';
import { samples, temporaryFolder } from '../data/shards/fixture';

const PYTHON = process.env['TORCHTS_PYTHON'] || 'python3';

/** Groups the members of a tar as WebDataset does (`base_plus_ext`), by Python's own modules. */
const READ = `
import json, re, sys, tarfile
def samples(path):
    found = []
    with tarfile.open(path) as tar:
        for member in tar:
            base, ending = re.match(r"^((?:.*/|)[^.]+)[.]([^/]*)$", member.name).groups()
            if not found or found[-1]["__key__"] != base:
                found.append({"__key__": base})
            found[-1][ending] = list(tar.extractfile(member).read())
    return found
index = json.load(open(sys.argv[1] + "/index.json"))
assert index["wids_version"] == 1 and index["__kind__"] == "wids-shard-index-v1"
print(json.dumps({split["name"]: [sample for shard in split["shardlist"] for sample in samples(sys.argv[1] + "/" + shard["url"])] for split in index["datasets"]}))
`;

/** The same by WebDataset's own libraries. */
const READ_BY_THEIRS = `
import glob, json, sys, webdataset, wids
split = lambda name: [{key: list(value) if isinstance(value, bytes) else value for key, value in sample.items() if key in ("__key__", "bin", "json")} for sample in webdataset.WebDataset(sorted(glob.glob(sys.argv[1] + "/" + name + "-*.tar")), shardshuffle=False)]
assert len(wids.ShardListDataset(sys.argv[1] + "/index.json", base=sys.argv[1])) == 8
print(json.dumps({name: split(name) for name in ("train", "val")}))
`;

describe('shards that Python reads', function () {
  this.timeout(60_000);
  const path = temporaryFolder();
  const expected = (count: number, first: number) =>
    samples(count, first).map(({ key, members: { bin, json } }) => ({
      __key__: key,
      bin: [...(bin as Uint8Array)],
      json: [...Buffer.from(JSON.stringify(json))],
    }));
  before(async () => writeShards(path('shards'), { train: samples(5), val: samples(3, 50) }, { maxSamples: 2 }));

  for (const [by, script, modules] of [
    ['by tarfile and json', READ, 'tarfile'],
    ['by webdataset and wids', READ_BY_THEIRS, 'webdataset, wids'],
  ] as const) {
    it(by, function () {
      if (spawnSync(PYTHON, ['-c', `import ${modules}`]).status !== 0) {
        this.test!.title += ` (skipped: no Python with ${modules})`;
        this.skip();
      }
      const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', script, path('shards')], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), { train: expected(5, 0), val: expected(3, 50) });
    });
  }
});
