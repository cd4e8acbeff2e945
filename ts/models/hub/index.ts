/** Models from the Hugging Face hub, in a cache shared with its Python client. */
export { HubError, type HubReason } from './error';
export { HubRepo } from './repo';
export type { HubOptions } from './settings';
