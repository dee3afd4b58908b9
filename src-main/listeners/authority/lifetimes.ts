const DAY_MS = 86_400_000

export const AUTHORITY_YEARS = 10
/** Apple's limit for leaves of a person's own authority is 825 days (support.apple.com/103769). */
export const LEAF_MS = 90 * DAY_MS
/** With a third of its time left, a leaf is renewed. */
export const RENEWED_BEFORE_END_MS = LEAF_MS / 3
/** Certificates begin this long before they are made, because clocks of other devices may be behind. */
export const BACKDATED_MS = DAY_MS
