import * as nn from '../../ts/nn';
import * as optim from '../../ts/optim';
import * as torch from '../../ts/tensor';
import type { DType } from '../../ts/tensor';

type Params = nn.Parameter[];

/** Every optimizer, made for a linear layer of one matrix, with a rate that lets it learn. */
export const kinds: Readonly<Record<string, (params: Params) => optim.Optimizer>> = {
  SGD: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.5 }) as unknown as optim.Optimizer,
  Adam: (params) => new optim.Adam(params, { lr: 0.05, amsgrad: true }) as unknown as optim.Optimizer,
  AdamW: (params) => new optim.AdamW(params, { lr: 0.05, fused: false }) as unknown as optim.Optimizer,
  RMSprop: (params) => new optim.RMSprop(params, { centered: true, momentum: 0.5 }) as unknown as optim.Optimizer,
  Adagrad: (params) => new optim.Adagrad(params, { lr: 0.3 }) as unknown as optim.Optimizer,
  Adadelta: (params) => new optim.Adadelta(params, { lr: 20 }) as unknown as optim.Optimizer,
  Adamax: (params) => new optim.Adamax(params, { lr: 0.1 }) as unknown as optim.Optimizer,
  ASGD: (params) => new optim.ASGD(params, { lr: 0.1 }) as unknown as optim.Optimizer,
  RAdam: (params) => new optim.RAdam(params, { lr: 0.1 }) as unknown as optim.Optimizer,
  NAdam: (params) => new optim.NAdam(params, { lr: 0.05 }) as unknown as optim.Optimizer,
  Rprop: (params) => new optim.Rprop(params) as unknown as optim.Optimizer,
  Lion: (params) => new optim.Lion(params, { lr: 0.02 }) as unknown as optim.Optimizer,
  Adafactor: (params) => new optim.Adafactor(params, { lr: 0.3 }) as unknown as optim.Optimizer,
  Muon: (params) => new optim.Muon(params, { lr: 0.05 }) as unknown as optim.Optimizer,
  LBFGS: (params) => new optim.LBFGS(params, { lr: 0.5, maxIter: 2 }) as unknown as optim.Optimizer,
};

export interface Problem {
  readonly layer: nn.Linear;
  readonly optimizer: optim.Optimizer;
  /** One step. @returns the loss before it */
  step(): number;
}

/** A linear regression that can be solved exactly. */
export function problem(kind: string, dtype: DType = 'float32'): Problem {
  torch.manualSeed(0);
  const layer = new nn.Linear(2, 2, { bias: false, dtype });
  const optimizer = kinds[kind]!(layer.parameters());
  const x = torch.randn([8, 2], { dtype });
  const y = x.matmul(
    torch.tensor(
      [
        [1, -1],
        [0.5, 0.5],
      ],
      { dtype },
    ),
  );
  const closure = (): torch.Tensor => {
    optimizer.zeroGrad();
    const loss = nn.functional.mseLoss(layer.forward(x), y);
    loss.backward();
    return loss;
  };
  return { layer, optimizer, step: () => torch.scope(() => Number(optimizer.step(closure).item())) };
}
