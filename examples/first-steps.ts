import { nn, optim, torch } from 'torchts';

// Learns the sum of two numbers from random examples.
torch.manualSeed(0);
const model = new nn.Sequential(new nn.Linear(2, 16), new nn.GELU(), new nn.Linear(16, 1));
const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-2 });
const criterion = new nn.MSELoss();

for (let step = 0; step < 500; step++) {
  const x = torch.rand([64, 2]);
  const loss = criterion.forward(model.forward(x), x.sum(1, { keepdim: true }));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}

const prediction = torch.noGrad(() => model.forward(torch.tensor([[0.25, 0.5]])));
console.log(`0.25 + 0.5 = ${Number(prediction.item()).toFixed(2)}`);
