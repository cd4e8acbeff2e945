/** torch.optim.swa_utils: averages of weights, and the schedule for them. */
export { SWALR, type SWALROptions } from '../schedulers';
export { AveragedModel, type AveragedModelOptions } from './averaged-model';
export { getEmaAvgFn, getEmaMultiAvgFn, getSwaAvgFn, getSwaMultiAvgFn, type AvgFn, type MultiAvgFn } from './averages';
export { updateBn } from './update-bn';
