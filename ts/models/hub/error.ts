import { InputError } from '../../errors';

/** Why the hub gave no file. */
export type HubReason =
  'no-repo' | 'no-revision' | 'no-file' | 'gated' | 'denied' | 'unreachable' | 'busy' | 'not-a-hub' | 'offline';

/** A model that the hub, or the cache of it, does not give. */
export class HubError extends InputError {
  override readonly code = 'TTS_HUB';

  /** @param reason for programs, as the message is for people */
  constructor(
    message: string,
    readonly reason: HubReason,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }

  /** True when what is in the cache may serve instead: the server said nothing against the model itself. */
  get cacheMayServe(): boolean {
    return ['unreachable', 'busy', 'not-a-hub', 'denied', 'gated'].includes(this.reason);
  }
}
