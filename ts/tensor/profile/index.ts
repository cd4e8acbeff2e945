export { profile, recordFunction, type ProfileOptions } from './record';
export { Profile, type OperatorTimes, type ProfileEvent } from './result';
export type { TableOptions } from './table';
