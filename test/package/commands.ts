/** The commands of a page, for a shell. */

export interface Command {
  readonly text: string;
  /** Page and line. */
  readonly at: string;
}

const PROGRAMS = '(?:npx|npm|node|make|torchts|facecls|vocdet)';

/** Every line of an indented or fenced block, and every piece of code in a sentence, that begins with a program; without comments. */
export function commandsOf(name: string, page: string): Command[] {
  return page.split('\n').flatMap((line, i) => {
    const block = new RegExp(`^(?: {4}|\\$ )(${PROGRAMS} .*)$`).exec(line)?.[1];
    const inline = [...line.matchAll(new RegExp(`\`(${PROGRAMS} [^\`]+)\``, 'g'))].map(([, text]) => text!);
    return (block === undefined ? inline : [block.replace(/\s+#.*$/, '')]).map((text) => ({
      text: text.trim(),
      at: `${name}:${i + 1}`,
    }));
  });
}

/** How a command of the docs is tried. */
export type Trial =
  /** Run in a project with small data: as it stands, or another line for it. `make` gets its targets through the project. */
  | { readonly run: string; readonly status?: number; readonly prints?: RegExp }
  /** Not run, for the reason; what it names is looked at instead. */
  | { readonly not: string };

const TUNED = '--config tuned-vocdet.yaml';
const SUITE = 'it is the suite that this test belongs to';
const BEGINNING = 'it is the beginning of commands that stand elsewhere';

/** Every command of the docs. Pages may use one more than once. */
export const TRIALS: Readonly<Record<string, Trial>> = {
  'make train': {
    run: 'make train ARGS="--config tiny-facecls.yaml"',
    prints: /The report is models\/facecls-tiny\/report\.html/,
  },
  'make train TASK=vocdet': {
    run: 'make train TASK=vocdet ARGS="--config tiny-vocdet.yaml"',
    prints: /The report is models\/vocdet-tiny\/report\.html/,
  },
  'npx vocdet calibrate models/vocdet-r50': {
    run: 'vocdet calibrate models/vocdet-r50 && rm models/vocdet-r50/checkpoints/best/compile.json',
    prints: /compile\.json: calibrated on 8 images/,
  },
  'make predict RUN=models/facecls-tiny PICTURE=photo.jpg': {
    run: 'make predict RUN=models/facecls-tiny PICTURE=photo.jpg',
    prints: /^photo\.jpg: /m,
  },
  'make data': { run: 'make data' },
  'torchts run': { not: BEGINNING },
  'npx torchts run --nproc 2 train.mjs': {
    run: `echo "import { torch } from 'torchts'; await torch.distributed.initProcessGroup(); const x = torch.ones([1]); await torch.distributed.allReduce(x); console.log(x.item()); await torch.distributed.destroyProcessGroup();" > train.mjs && npx torchts run --nproc 2 train.mjs`,
    prints: /\[rank[01]\] 2\n\[rank[01]\] 2\n/,
  },
  'npx torchts run --nproc 2 facecls train --preset tiny': {
    run: 'torchts run --nproc 2 facecls train --config tiny-facecls.yaml --run models/two',
    prints: /models\/two\/report\.html/,
  },
  'npx torchts run --nproc 2 --max-restarts 3 --log-dir logs train.mjs': {
    run: `echo "console.log(process.env.LOCAL_RANK)" > train.mjs && npx torchts run --nproc 2 --max-restarts 3 --log-dir logs train.mjs && cat logs/0/1/stdout.log && rm -r logs`,
    prints: /\n1\n/,
  },
  'npx torchts run --nnodes 2 --nproc 4 --rdzv-endpoint 10.0.0.1:29400 --max-restarts 3 train.mjs': {
    not: 'it waits for a second machine; test/distributed/elastic.test.ts runs two launchers',
  },
  'make data DATASET=voc': { run: 'make data DATASET=voc URL=$URL/voc && rm -r data/raw/voc', prints: /: fetched$/m },
  'make data DATASET=voc FROM=VOCdevkit': { run: 'make data DATASET=voc FROM=VOCdevkit && rm data/raw/voc' },
  'make data DATASET=celeba FROM=celeba': {
    run: 'make data DATASET=celeba FROM=celeba && rm data/raw/celeba',
    prints: /12 images are ready/,
  },
  'make help': { run: 'make help', prints: /^make train /m },
  'make test': { not: SUITE },
  'make lint': { not: SUITE },
  'make test-processors': { not: 'it runs the suite once for each kind of processor' },
  'make test-shuffled': { not: 'it runs the suite twice' },
  'make stress': { not: 'it runs for half an hour' },
  'make nodes': { not: 'it fetches five versions of Node' },
  'make sanitize': { not: 'it compiles the addon anew' },
  'make packages': {
    not: 'it compiles an addon for each version of libtorch; test/package/pack.test.ts installs what it packs',
  },
  'make packages-check': { not: 'it installs torchts by seven package managers' },
  'make version': { not: BEGINNING },
  'make version VERSION=0.2.0': { not: 'it changes this checkout; test/checks/versions.test.ts does so in a copy' },
  'make mutants': { not: 'it runs for an hour' },
  'make mutants FOLDERS=ts/tasks/vocdet/report.ts SHARE=1 TESTS=test/tasks/vocdet/report.test.ts': {
    not: 'it installs StrykerJS, which the project is without',
  },
  'make bench': { not: 'it measures for an hour' },
  "make bench BENCH='--only accuracy'": { not: 'it trains for half an hour' },
  'node build/bench/workspace.js /tmp/profile false checkpoint onnxCheckpoint detector onnxDetector': {
    not: 'it needs the Python stack, and takes minutes',
  },
  'node build/bench/operator-shares.js /tmp/profile vit float32 1 1': { not: 'it needs what the line before it makes' },
  'node build/bench/scaling.js': {
    not: 'it needs figures of a quiet machine; test/bench/scaling.test.ts tries the model',
  },
  'make memory-plot': { not: 'it measures, and writes into docs' },
  'make build && node dist/cli/torchts.js doctor': {
    run: 'make build && node dist/cli/torchts.js doctor',
    prints: /^ok +addon /m,
  },
  'npm install': { not: 'test/release/managers.test.ts and pack.test.ts install the package' },
  'npm install torchts': { not: 'test/release/bare-system.test.ts runs it, with a registry of this machine' },
  'npm run docs': { run: "node -e \"process.exit(require('./package.json').scripts.docs === 'typedoc' ? 0 : 1)\"" },
  'npx mocha test/nn/module.test.ts': { not: SUITE },
  'npx esbuild app.js --bundle --platform=node --external:torchts --outfile=bundle.cjs': {
    not: 'test/package/bundlers.test.ts runs it',
  },
  'npx facecls train --resume --run models/constant --set epochs=20': {
    not: 'test/tasks/facecls/train.test.ts trains a finished run for more epochs',
  },
  'npx facecls replay models/facecls-tiny': { not: 'test/tasks/facecls/train.test.ts trains a run again' },
  'npx vocdet replay models/vocdet-tiny': { not: 'test/tasks/vocdet/train.test.ts trains a run again' },
  'npx facecls evaluate models/facecls-tiny --slice Smiling,Bald': {
    run: 'facecls evaluate models/facecls-tiny --slice Smiling,Bald',
    prints: /^not Bald +\d/m,
  },
  'npx facecls evaluate models/facecls-tiny --json': {
    run: 'facecls evaluate models/facecls-tiny --json',
    prints: /"analysis": ?\{/,
  },
  'npx vocdet evaluate models/vocdet-tiny --json': {
    run: 'vocdet evaluate models/vocdet-tiny --json',
    prints: /"errorTypes": ?\{/,
  },
  'npx facecls train --dashboard': {
    run: 'facecls train --dashboard --config tiny-facecls.yaml --run models/watched',
    prints: /^dashboard: http:\/\/127\.0\.0\.1:\d+\/\?token=\S{32}$/m,
  },
  'npx vocdet train --dashboard 8080': {
    not: 'no test takes a port that somebody may have; facecls runs it with a free one',
  },
  'npm install fastify@5': {
    not: 'it is installed here; test/package/pack.test.ts reads the sentence that asks for it',
  },
  'npx torchts runs serve models': { not: 'it runs until Ctrl-C; test/train/dashboard/folders.test.ts runs it' },
  'facecls sweep': { not: BEGINNING },
  'npx facecls sweep sweep.yaml --folder models/sweep': { not: 'test/cli/sweep.test.ts runs sweeps' },
  'npx facecls sweep --resume --folder models/sweep': { not: 'test/cli/sweep.test.ts goes on with one' },
  'npx torchts runs list models/sweep': { not: 'there is no sweep; the command stands without a folder below' },
  'npx torchts runs list': { run: 'torchts runs list', prints: /^facecls-tiny +finished /m },
  'npx torchts runs compare models/facecls-tiny models/facecls-small': {
    run: 'torchts runs compare models/facecls-tiny models/facecls-small',
    prints: /^state +finished +finished$/m,
  },
  'npx torchts runs best': { run: 'torchts runs best --metric meanAccuracy', prints: /^models\/facecls-/m },
  'npx torchts runs rm models/facecls-tiny-replay': {
    run: 'cp -r models/facecls-tiny models/facecls-tiny-replay && torchts runs rm models/facecls-tiny-replay',
    prints: /^models\/facecls-tiny-replay deleted$/m,
  },
  'npx vocdet train --print-schema > vocdet.schema.json': {
    run: 'vocdet train --print-schema',
    prints: /"title": "configuration of vocdet"/,
  },
  'npx facecls data shard --data celeba --out shards/celeba': {
    run: 'facecls data shard --data celeba --out shards/celeba',
    prints: /^shards\/celeba: \d+ in train, \d+ in val, \d+ in test$/m,
  },
  'npx vocdet data shard --data birds --classes birds/classes.txt --out shards/birds': {
    run: 'vocdet data shard --data birds --classes birds/classes.txt --out shards/birds',
    prints: /^shards\/birds: 4 in train, 2 in val, 2 in test$/m,
  },
  'npx facecls train --data shards/celeba --preset small': {
    run: 'facecls train --data shards/celeba --preset small --config tiny-facecls.yaml --run models/sharded',
    prints: /report: models\/sharded\/report\.html/,
  },
  'npx vocdet train --data https://example.org/shards/birds --preset r50': {
    not: 'test/tasks/vocdet/shards.test.ts trains on shards behind an address',
  },
  'npx facecls train --data s3://my-bucket/shards/celeba': { not: 'test/data/shards/s3.test.ts asks a store' },
  'npx facecls data check https://example.org/shards/celeba': {
    run: 'facecls data check shards/celeba',
    prints: /train-000000\.tar: \d+ bytes, md5 \w{32}$/m,
  },
  'npm install @aws-sdk/client-s3@3': {
    not: 'it is installed here; test/data/shards/s3.test.ts reads the sentence that asks for it',
  },
  'npx torchts doctor': { run: 'torchts doctor', prints: /^ok +addon /m },
  'npx torchts setup': {
    not: 'it compiles the addon; test/native/build.test.ts runs it with a source that needs no compiler',
  },
  'npm install cmake-js@8 node-addon-api@8': {
    not: 'they are installed here; test/package/pack.test.ts reads the sentence that asks for them',
  },
  'npx torchts setup --flavour auto': { not: 'it may fetch 2 GB; test/native/libtorch/flavour.test.ts has the choice' },
  'npx torchts setup --offline-pack libtorch.zip': { not: 'test/cli/torchts.test.ts runs it with a small wheel' },
  'npx torchts setup --from libtorch.zip': { not: 'test/cli/torchts.test.ts runs it with a small wheel' },
  'npx torchts cache list': { run: 'torchts cache list', prints: / MB in |^The cache is empty/ },
  'npx torchts cache prune --dry-run': {
    run: 'torchts cache prune --dry-run',
    prints: / MB would be deleted$|^There is nothing to delete\.$/m,
  },
  'facecls data --help': { run: 'facecls data --help', prints: /list_attr_celeba\.txt/ },
  'vocdet data download': {
    run: 'vocdet data download --out other --years 2012 --mirror $URL/nothing',
    status: 1,
    prints: /answered 404/,
  },
  'vocdet data check': { not: BEGINNING },
  'vocdet evaluate': { not: BEGINNING },
  'npx facecls train --set model.type=mlp-mixer': {
    run: 'NODE_OPTIONS="--require tsx/cjs --require ./mlp-mixer.ts" facecls train --set model.type=mlp-mixer --config tiny-mixer.yaml',
    prints: /report: models\/facecls-tiny-2\/report\.html/,
  },
  'facecls train': { not: '`make train` runs it' },
  'npx facecls train': { not: 'test/release/bare-system.test.ts runs it, from nothing' },
  'vocdet train': { not: '`npx vocdet train` runs it' },
  'facecls visualize': {
    run: 'facecls visualize models/facecls-tiny photo.jpg --out shown',
    prints: /^shown\/1-photo\.jpg/m,
  },
  'npx facecls train --data <CelebA> --preset small': {
    run: 'facecls train --data celeba --preset small --config tiny-facecls.yaml',
    prints: /report: models\/facecls-small\/report\.html/,
  },
  'npx facecls evaluate models/<run> --data <CelebA>': {
    run: 'facecls evaluate models/facecls-small --data celeba',
    prints: /^3 images, loss/m,
  },
  'npx facecls predict models/<run> photo.jpg': {
    run: 'facecls predict models/facecls-small photo.jpg',
    prints: /^photo\.jpg: /m,
  },
  'npx vocdet train': { run: 'vocdet train --config tiny-vocdet.yaml', prints: /report: models\/vocdet-tiny/ },
  'npx vocdet train --data VOCdevkit --preset r50 --set data.train=07+12 --set data.val=2007/test': {
    run: `vocdet train --data VOCdevkit --preset r50 --set data.train=07+12 --set data.val=2007/test ${TUNED}`,
    prints: /report: models\/vocdet-r50/,
  },
  'npx vocdet evaluate facebook/detr-resnet-50 --data VOCdevkit --split 2007/test --zero-shot': {
    run: 'vocdet evaluate facebook/detr-resnet-50 --data VOCdevkit --split 2007/test --zero-shot --classes few.txt',
    prints: /^2 images, loss/m,
  },
  'npx vocdet predict facebook/detr-resnet-50 street.jpg https://example.org/street.jpg': {
    run: 'vocdet predict facebook/detr-resnet-50 street.jpg $URL/street.jpg',
    prints: /^http:\S+street\.jpg: /m,
  },
  'npx vocdet train --data coco --set data.train=train.json --set data.val=val.json': {
    not: 'test/cli/own-data.test.ts runs it',
  },
  'npx vocdet train --data instances_train.json --set data.images=train2017': {
    run: 'vocdet train --data instances_train.json --set data.images=train2017 --config tiny-vocdet.yaml --run models/coco',
    prints: /report: models\/coco/,
  },
  'npx vocdet data check birds --classes birds/classes.txt --decode': {
    run: 'vocdet data check birds --classes birds/classes.txt --decode',
    prints: /^Nothing is wrong\.$/m,
  },
  'npx vocdet train --data birds --preset r50 --set data.classes=birds/classes.txt': {
    run: `vocdet train --data birds --preset r50 --set data.classes=birds/classes.txt ${TUNED} --run models/birds`,
    prints: /report: models\/birds/,
  },
  'npx vocdet train --print-config --preset r50': {
    run: 'vocdet train --print-config --preset r50',
    prints: /from: facebook\/detr-resnet-50/,
  },
  'npx vocdet evaluate models/vocdet-r50': { run: 'vocdet evaluate models/vocdet-r50', prints: /images, loss/ },
  "npx vocdet predict models/vocdet-r50 photo.jpg 'album/*.jpg' https://example.org/bird.jpg": {
    run: "vocdet predict models/vocdet-r50 photo.jpg 'album/*.jpg' $URL/bird.jpg",
    prints: /^album\/one\.jpg: /m,
  },
  'npx vocdet visualize models/vocdet-r50 photo.jpg': {
    run: 'vocdet visualize models/vocdet-r50 photo.jpg --threshold 0',
    prints: /reports\/figures\/1\/1-photo\.jpg/,
  },
};
