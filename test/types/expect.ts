/** Compiles only for `true`. */
export type Expect<Claim extends true> = Claim;

/** Whether two types are the same, not only assignable to each other. */
export type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
