/** Modules and parameters in a row or by name. */
export { ModuleDict } from './module-dict';
export { ModuleList } from './module-list';
export { ParameterDict } from './parameter-dict';
export { ParameterList } from './parameter-list';
export { Sequential } from './sequential';
