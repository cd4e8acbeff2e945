export { isPlainObject } from '../../native/realm';
