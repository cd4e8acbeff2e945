/** How long the long tests take: half an hour all together, unless TORCHTS_STRESS_MINUTES says otherwise. */
const WHOLE = 30;

const minutes = Number(process.env['TORCHTS_STRESS_MINUTES'] ?? WHOLE);
if (!(minutes > 0))
  throw new RangeError(
    `Expected TORCHTS_STRESS_MINUTES to be a number of minutes, found ${process.env['TORCHTS_STRESS_MINUTES']}.`,
  );

/** The part of them that this run takes: 1 for all. */
const scale = minutes / WHOLE;

/** The seconds of a test that takes so many in the whole run. */
export const seconds = (whole: number): number => Math.max(1, whole * scale);

/** The turns of a test that takes so many in the whole run. */
export const turns = (whole: number): number => Math.max(1, Math.round(whole * scale));
