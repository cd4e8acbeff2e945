import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GOLDEN = join(__dirname, '../../scripts/golden');
const PYTHON = process.env['TORCHTS_PYTHON'] || 'python3';

/** Python reads what is written here. Needs an interpreter with the reference stack (CONTRIBUTING.md); is passed over without. */
describe('files that Python reads', function () {
  this.timeout(300_000);
  let folder: string;

  before(function () {
    const { status } = spawnSync(PYTHON, ['-c', 'import torch, transformers, safetensors, numpy'], {
      env: { ...process.env, HF_HUB_OFFLINE: '1' },
    });
    if (status !== 0) this.skip();
  });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'interop-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const save = (script: string): void => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', require.resolve('tsx'), join(GOLDEN, script), folder],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
  };
  const check = (script: string): { status: number | null; output: string } => {
    const { status, stdout, stderr } = spawnSync(PYTHON, [join(GOLDEN, script), folder], {
      encoding: 'utf8',
      env: { ...process.env, HF_HUB_OFFLINE: '1' },
    });
    return { status, output: `${stdout}${stderr}` };
  };
  const agrees = (saver: string, checker: string): void => {
    save(saver);
    const { status, output } = check(checker);
    assert.equal(status, 0, output);
  };

  it('.pth by torch.load(weights_only=True), .npz by NumPy, TorchScript; training goes on from the saved state', () =>
    agrees('save-files.ts', 'check_files_roundtrip.py'));
  it('a ViT by transformers, with the same logits', () => agrees('save-vit.ts', 'check_vit_roundtrip.py'));
  it('a DETR by transformers and by the authors’ code, with the same boxes', () =>
    agrees('save-detr.ts', 'check_detr_roundtrip.py'));

  it('a file that is cut short is noticed', () => {
    save('save-files.ts');
    truncateSync(join(folder, 'training.pth'), statSync(join(folder, 'training.pth')).size - 2000);
    const { status, output } = check('check_files_roundtrip.py');
    assert.equal(status, 1);
    assert.match(output, /values: as written[^]*training: \w+Error/);
  });
});
