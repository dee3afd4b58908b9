import type { SignInMethod } from '#shared/people/session.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** After this time without use a session ends, in ms. The link's session is always the owner's. */
export function idleMsOf(method: SignInMethod): number {
  return method === 'link' ? 12 * HOUR_MS : 14 * DAY_MS
}

/** After this time a session ends however much it is used, in ms. */
export const LONGEST_SESSION_MS = 90 * DAY_MS

/** How long a token of the console's link can be used, in ms. */
export const LINK_TOKEN_MS = 12 * HOUR_MS

/** The same for a token that brings a browser back from a provider. */
export const RETURN_TOKEN_MS = 2 * MINUTE_MS
