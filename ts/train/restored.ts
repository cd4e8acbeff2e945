import type { Module } from '../nn';
import { Optimizer } from '../optim';
import * as torch from '../tensor';
import { joinTensors, splitTensors } from './pytree';
import { RandomState } from './random-state';

/** Runs `body`, a trial that trains, and puts back what it changed: tensors, what requires gradients, modes, an optimizer that was given, random state. */
export async function restored<T>(model: Module, optimizer: unknown, body: () => Promise<T>): Promise<T> {
  const tensors = [...model.parameters(), ...model.buffers()];
  const copies = torch.scoped(() => tensors.map((tensor) => torch.keep(tensor.detach().clone())));
  const needs = model.parameters().map((parameter) => [parameter, parameter.requiresGrad] as const);
  const modes = model.modules().map((module) => [module, module.training] as const);
  const given = optimizer instanceof Optimizer ? optimizer : undefined;
  const { skeleton, tensors: own } = splitTensors(given?.stateDict());
  const state = torch.scoped(() =>
    Object.entries(own).map(([name, tensor]) => [name, torch.keep(tensor.clone())] as const),
  );
  const random = new RandomState();
  try {
    return await body();
  } finally {
    torch.noGrad(() => tensors.forEach((tensor, i) => tensor.copy_(copies[i]!)));
    torch.autograd.setGrads(model.parameters());
    for (const [parameter, requiresGrad] of needs) parameter.requiresGrad_(requiresGrad);
    for (const [module, training] of modes) module.training = training;
    given?.loadStateDict(joinTensors(skeleton, Object.fromEntries(state)) as never);
    random.restore();
    for (const tensor of [...copies, ...state.map(([, tensor]) => tensor)]) tensor.dispose();
  }
}
