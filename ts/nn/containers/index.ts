/** Modules and parameters in a row or by name. */
export { ModuleDict, ModuleList, Sequential } from './modules';
export { ParameterDict } from './parameter-dict';
export { ParameterList } from './parameter-list';
