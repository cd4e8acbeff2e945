/** torch.amp: mixed precision. */
export { autocast, type AutocastOptions } from '../modes';
export { GradScaler, type GradScalerOptions, type GradScalerState, type ScaledOptimizer } from './grad-scaler';
