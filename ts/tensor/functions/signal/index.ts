/** torch.signal: windows of signals. */
export * as windows from './windows';
