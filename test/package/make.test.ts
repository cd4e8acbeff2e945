import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHIVE, Project } from './project';

describe('make', function () {
  this.timeout(300_000);
  let project: Project;
  before(async () => {
    project = await Project.create();
    await project.writeSmallFiles();
    await project.drawLittle();
  });
  after(() => project.remove());

  const has = (path: string): boolean => existsSync(join(project.root, path));
  const done = async (args: string): Promise<string> => {
    const { status, output } = await project.make(args);
    assert.equal(status, 0, output);
    return output;
  };
  const refused = async (args: string): Promise<string> => {
    const { status, output } = await project.make(args);
    assert.equal(status, 2, output);
    return output;
  };
  const forget = (path: string): void => rmSync(join(project.root, path), { recursive: true, force: true });

  it('lists data, train and predict with what they take', async () => {
    const help = await done('help');
    for (const line of [
      /^make data .*DATASET=voc.*FROM=<folder>.*DATASET=celeba/m,
      /^make train .*TASK=vocdet/m,
      /^make predict .*RUN=\S+ PICTURE=/m,
    ])
      assert.match(help, line);
  });

  it('trains a classifier on drawn faces, and predicts with it', async () => {
    assert.match(
      await done('train ARGS="--config tiny-facecls.yaml"'),
      /The report is models\/facecls-tiny\/report\.html/,
    );
    assert.ok(has('models/facecls-tiny/report.html'));
    assert.match(await done('predict RUN=models/facecls-tiny PICTURE=photo.jpg'), /^photo\.jpg: /m);
  });

  it('trains a detector on drawn scenes, and predicts with it', async () => {
    assert.match(
      await done('train TASK=vocdet ARGS="--config tiny-vocdet.yaml"'),
      /The report is models\/vocdet-tiny\/report\.html/,
    );
    assert.match(await done('predict RUN=models/vocdet-tiny PICTURE=street.jpg'), /^street\.jpg: /m);
    assert.ok(has('predictions/1/annotated.json'));
  });

  it('downloads VOC 2012, verifies it, and trains on it', async () => {
    const output = await done(`data DATASET=voc URL=${project.url}/voc`);
    assert.match(output, new RegExp(`^data/raw/voc/${ARCHIVE}: fetched$`, 'm'));
    assert.deepEqual(readFileSync(join(project.root, 'data/raw/voc', ARCHIVE)), project.archive);
    assert.match(await done(`data DATASET=voc URL=${project.url}/voc`), /: there already$/m);
    await done('train TASK=vocdet ARGS="--config tiny-vocdet.yaml"');
    assert.ok(has('models/vocdet-small/report.html'));
    forget('data/raw/voc');
  });

  it('refuses an archive that is not the official one', async () => {
    const { status, output } = await project.run(
      `vocdet data download --out other --years 2012 --mirror ${project.url}/voc`,
    );
    assert.equal(status, 1);
    assert.match(
      output,
      /VOCtrainval_11-May-2012\.tar has the wrong content: expected MD5 6cd6e144f989b92b3379bac3b3de84fd, found \w{32}\./,
    );
    assert.ok(!has(`other/${ARCHIVE}`));
  });

  it('takes VOC from a folder, where it stays', async () => {
    await done('data DATASET=voc FROM=VOCdevkit');
    assert.ok(lstatSync(join(project.root, 'data/raw/voc')).isSymbolicLink());
    forget('data/raw/voc');
    assert.match(await refused('data DATASET=voc FROM=nowhere'), /^FROM=nowhere is no folder$/m);
  });

  it('takes CelebA from a folder, trains on it, and says where it comes from', async () => {
    const output = await refused('data DATASET=celeba');
    assert.match(
      output,
      /^CelebA is given by its authors only.*https:\/\/mmlab\S+\n.*make data DATASET=celeba FROM=<folder>$/m,
    );
    assert.match(await done('data DATASET=celeba FROM=celeba'), /^data\/raw\/celeba: 12 images are ready$/m);
    await done('train ARGS="--config tiny-facecls.yaml"');
    assert.ok(has('models/facecls-small/report.html'));
    forget('data/raw/celeba');
  });

  it('says what predict and data need', async () => {
    assert.match(await refused('predict'), /^make predict needs RUN=<the folder of a run> and PICTURE=<a file>$/m);
    assert.match(
      await refused('data DATASET=imagenet'),
      /^make data has no DATASET=imagenet: voc, celeba, or nothing for drawn faces$/m,
    );
  });
});
