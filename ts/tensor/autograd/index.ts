/** torch.autograd: the engine, and what is built on it. */
export { backward, grad, grads, setGrads, type GradientList, type GradOptions } from './backward';
export { Function, type FunctionType, type SplitFunctionType } from './function';
export type { FunctionContext } from './function-context';
export { detectAnomaly, isAnomalyEnabled, setDetectAnomaly, type AnomalyOptions } from './anomaly';
export * as graph from './saved-tensors';
export * as functional from './functional';
export { gradcheck, gradgradcheck, type GradcheckOptions } from './gradcheck';
