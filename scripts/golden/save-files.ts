/** Saves what Python is to read, for check_files_roundtrip.py: .pth files, an .npz, a TorchScript module, and the numbers in safetensors. */
import path from 'node:path';
import * as torch from '../../ts/torch';

const { nn, optim } = torch;
const folder = process.argv[2];
if (!folder) throw new Error('usage: tsx scripts/golden/save-files.ts <folder>');
const at = (name: string): string => path.join(folder, name);

torch.manualSeed(0);
const tensors = {
  ...Object.fromEntries(
    (['float32', 'float64', 'bfloat16', 'float16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'] as const).map(
      (dtype) => [dtype, torch.randn([3, 4]).mul(9).to(dtype)],
    ),
  ),
  scalar: torch.tensor(3.5),
  empty: torch.zeros([0, 3]),
  turned: torch.randn([4, 3]).t(),
};
torch.savePth({ tensors, epoch: 3, names: ['ü', null, true, 2n ** 70n, -0.5] }, at('values.pth'));
torch.safetensors.save(
  Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key, tensor.contiguous()])),
  at('values.safetensors'),
);
torch.npz.save(Object.fromEntries(Object.entries(tensors).filter(([key]) => key !== 'bfloat16')), at('values.npz'));

torch.savePth(torch.loadPth(path.join(__dirname, '../../test/golden/pth/kinds.pth')), at('kinds.pth'));

const model = new nn.Sequential(
  // A bias before a batch norm has no gradient but what is rounded, which AdamW would make as large as any other.
  new nn.Conv2d(3, 4, 3, { bias: false }),
  new nn.BatchNorm2d(4),
  new nn.GELU(),
  new nn.Flatten(),
  new nn.Linear(144, 2),
);
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-2 });
const scheduler = new optim.StepLR(optimizer, 2);
const input = torch.randn([2, 3, 8, 8]);
const step = (): void => {
  optimizer.zeroGrad();
  model.forward(input).square().sum().backward();
  optimizer.step();
  scheduler.step();
};
for (let i = 0; i < 3; i++) step();
torch.savePth(
  { model: model.stateDict(), optimizer: optimizer.stateDict(), scheduler: scheduler.stateDict() },
  at('training.pth'),
);
step();
torch.safetensors.save({ input, ...model.stateDict() }, at('after.safetensors'));
model.eval();
torch.jit.trace(model, [input]).save(at('model.pt'));
torch.safetensors.save({ input, output: torch.noGrad(() => model.forward(input)) }, at('output.safetensors'));
