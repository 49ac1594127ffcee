/** The tenant of what belongs to none. */
export const NOBODY = "_";
