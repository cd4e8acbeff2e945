import { InputError } from '../../errors';
import { describeLocation, listFiles, type IndexLocation, type OfferedFile } from '../python-index/package-index';
import { currentMachine, parseWheelName, platformMismatch, type Machine, type WheelName } from '../python-index/wheel';
import { compareVersions } from '../python-index/version';
import { type Indexes } from './indexes';
import { SHA256 } from './hashes';

/** A wheel that an index offers and this machine could use. */
export interface WheelOffer {
  readonly file: OfferedFile;
  readonly wheel: WheelName;
  readonly location: IndexLocation;
}

/** Which wheels of a package are wanted. */
export interface Wanted {
  /** Normalized. */
  readonly project: string;
  /** What is wanted, for messages: `torch 2.13.0+cpu`. */
  readonly text: string;
  readonly accepts: (wheel: WheelName) => boolean;
}

/** Looks through indexes; what each has said of a package is kept, so that it is asked once. */
export class WheelSearch {
  readonly #lists = new Map<string, Promise<OfferedFile[]>>();
  readonly #indexes: Indexes;
  readonly #machine: Machine;

  constructor(indexes: Indexes, machine: Machine = currentMachine()) {
    this.#indexes = indexes;
    this.#machine = machine;
  }

  /** The wheels of the first location that has a wanted one for this machine, the best first; none where no location has. */
  async first(wanted: Wanted): Promise<WheelOffer[]> {
    for (const location of this.#indexes.locations) {
      const offers = await this.#offersOf(location, wanted);
      if (offers.length > 0) return offers;
    }
    return [];
  }

  /** The wanted wheels for this machine, a list for each location in order. */
  async offers(wanted: Wanted): Promise<WheelOffer[][]> {
    return Promise.all(this.#indexes.locations.map((location) => this.#offersOf(location, wanted)));
  }

  /** The newest wanted wheel of all locations; an earlier location goes first where several have it. */
  async newest(wanted: Wanted): Promise<WheelOffer | undefined> {
    return (await this.offers(wanted))
      .flat()
      .sort((one, other) => compareVersions(other.wheel.version, one.wheel.version))[0];
  }

  /** Why no location has a wanted wheel: a clause for each. */
  async reasons(wanted: Wanted): Promise<{ location: IndexLocation; reason: string }[]> {
    return Promise.all(
      this.#indexes.locations.map(async (location) => ({ location, reason: await this.#reasonOf(location, wanted) })),
    );
  }

  /** The error that lists why no location has a wanted wheel. */
  async refusal(wanted: Wanted): Promise<InputError> {
    const reasons = await this.reasons(wanted);
    const list = reasons.map(({ location, reason }) => `${describeLocation(location)}: ${reason}`).join('; ');
    return new InputError(
      `${wanted.text} is in no package index (${list || 'none is configured'}): name one that has it in TORCHTS_INDEX.`,
    );
  }

  async #offersOf(location: IndexLocation, wanted: Wanted): Promise<WheelOffer[]> {
    const all = (await this.#list(location, wanted.project).catch(() => []))
      .map((file) => ({ file, wheel: parseWheelName(file.name), location }))
      .filter((offer): offer is WheelOffer => offer.wheel?.name === wanted.project && wanted.accepts(offer.wheel))
      .filter(({ wheel }) => platformMismatch(wheel.platforms, this.#machine) === undefined);
    // What its maker withdrew is taken where there is nothing else, as pip does for a version that is asked for by number.
    const current = all.filter(({ file }) => file.yanked === undefined);
    return (current.length > 0 ? current : all).sort(preferKnown);
  }

  async #reasonOf(location: IndexLocation, wanted: Wanted): Promise<string> {
    let files: OfferedFile[];
    try {
      files = await this.#list(location, wanted.project);
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    const wheels = files.map((file) => parseWheelName(file.name)).filter((wheel) => wheel?.name === wanted.project);
    if (wheels.length === 0) return `it has no wheel of ${wanted.project}`;
    const right = wheels.filter((wheel) => wanted.accepts(wheel!));
    if (right.length > 0) return mismatchOf(right as WheelName[], this.#machine);
    const versions = new Map(wheels.map((wheel) => [wheel!.versionText, wheel!.version]));
    const newest = [...versions.keys()].sort((a, b) => compareVersions(versions.get(b)!, versions.get(a)!));
    const more = newest.length > 5 ? ` and ${newest.length - 5} more` : '';
    return `it has ${wanted.project} ${newest.slice(0, 5).join(', ')}${more}`;
  }

  #list(location: IndexLocation, project: string): Promise<OfferedFile[]> {
    const key = `${location.address} ${project}`;
    const known = this.#lists.get(key) ?? listFiles(location, project, this.#indexes.options);
    this.#lists.set(key, known);
    return known;
  }
}

/** The clause that tells most: an old C library is worth more words than a wheel for Windows. */
function mismatchOf(wheels: readonly WheelName[], machine: Machine): string {
  const reasons = wheels.map(({ platforms }) => platformMismatch(platforms, machine) ?? 'it was passed over');
  return (
    reasons.find((reason) => reason.startsWith('it needs')) ??
    reasons.find((reason) => reason.includes('musl')) ??
    reasons[0]!
  );
}

/** Those whose hash is known first, then by name: which Python a wheel is for does not matter to its libraries. */
function preferKnown(one: WheelOffer, other: WheelOffer): number {
  const rank = ({ file }: WheelOffer): number => (file.name in SHA256 ? 0 : 1);
  return (
    compareVersions(other.wheel.version, one.wheel.version) ||
    rank(one) - rank(other) ||
    (one.file.name < other.file.name ? -1 : 1)
  );
}
