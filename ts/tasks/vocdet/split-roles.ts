/** What a split is for, by its name: `2007/val`, `val2017` and `valid` are all to validate. */
export type SplitRole = 'train' | 'val' | 'trainval' | 'test';

const NAME =
  /^(trainval|train|val|test|dev)(id|idation|idate|ing|s)?[-_. ]?(set|split|data|images?|imgs?|zip|annotations?|labels?)?[-_]?\d*$/i;

/** Undefined for a name that does not say it. */
export function roleOf(split: string): SplitRole | undefined {
  const role = NAME.exec(split.replace(/^.*\//, ''))?.[1]?.toLowerCase();
  return role === 'dev' ? 'val' : (role as SplitRole | undefined);
}

/** Whether two splits should have no image in common: train and test, say, but not train and trainval. */
export function shouldDiffer(one: string, other: string): boolean {
  const roles = [roleOf(one), roleOf(other)];
  if (roles.includes(undefined) || roles[0] === roles[1]) return false;
  return !roles.includes('trainval') || roles.includes('test');
}

/** The splits of a dataset for each use, those of several years joined; undefined where there is none. No image is in two of them. */
export function usualSplits(splits: readonly string[]): Partial<Record<'train' | 'val' | 'test', string>> {
  const joined = (role: SplitRole) => splits.filter((split) => roleOf(split) === role).join('+') || undefined;
  return { train: joined('train'), val: joined('val'), test: joined('test') };
}

export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];
