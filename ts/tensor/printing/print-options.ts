/** How tensors are printed: `torch.set_printoptions`. */
import { InputError } from '../../errors';
import { checkOptions } from '../../options';

/** Options of {@link setPrintoptions}; those left out stay as they are, but for `sciMode`, which goes back to null as in PyTorch. */
export interface PrintOptions {
  /** Digits after the point. @default 4 */
  readonly precision?: number;
  /** Elements above which a tensor is summarized. @default 1000 */
  readonly threshold?: number;
  /** Items shown at each end of a dimension then. @default 3 */
  readonly edgeitems?: number;
  /** Characters in a line. @default 80 */
  readonly linewidth?: number;
  /** A set of the above: `'short'` has 2 digits and 2 items, `'full'` never summarizes. */
  readonly profile?: 'default' | 'short' | 'full';
  /** Whether numbers have an exponent; null decides by their sizes. @default null */
  readonly sciMode?: boolean | null;
}

/** The options in force. */
export interface PrintSettings {
  precision: number;
  threshold: number;
  edgeitems: number;
  linewidth: number;
  sciMode: boolean | null;
}

const DEFAULT: PrintSettings = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sciMode: null };
const PROFILES: Readonly<Record<string, PrintSettings>> = {
  default: DEFAULT,
  short: { ...DEFAULT, precision: 2, edgeitems: 2 },
  full: { ...DEFAULT, threshold: Infinity },
};

/** @internal the options in force, for what prints */
export let printSettings: PrintSettings = { ...DEFAULT };

const NAMES = ['precision', 'threshold', 'edgeitems', 'linewidth', 'profile', 'sciMode'] as const;

/**
 * Sets how tensors are printed from now on.
 * @throws InputError for an unknown option or profile, or a number that is none from 0
 */
export function setPrintoptions(options: PrintOptions): void {
  checkOptions('setPrintoptions', options, NAMES);
  const { profile, sciMode = null, ...rest } = options;
  if (profile !== undefined && !Object.hasOwn(PROFILES, profile))
    throw new InputError(
      `setPrintoptions: expected the profile 'default', 'short' or 'full', found ${String(profile)}`,
    );
  const next: PrintSettings = { ...printSettings, ...(profile === undefined ? {} : PROFILES[profile]), sciMode };
  for (const [name, value] of Object.entries(rest) as [Exclude<keyof PrintSettings, 'sciMode'>, number | undefined][]) {
    if (value === undefined) continue;
    const isNumber = typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Infinity);
    if (!isNumber || (name === 'precision' && value > 100))
      throw new InputError(`setPrintoptions: expected ${name} to be a whole number from 0, found ${String(value)}`);
    next[name] = value;
  }
  printSettings = next;
}

/** The options in force; `setPrintoptions` takes them back. */
export function getPrintoptions(): PrintSettings {
  return { ...printSettings };
}
