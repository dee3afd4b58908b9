import type { UpdateFailure } from '#shared/settings/updates.ts'

/** Chromium's name for a request that our session refused because it left the feed's folder. */
const REFUSED = 'net::ERR_BLOCKED_BY_CLIENT'
/** A server error (5xx), which is usually temporary. */
const SERVER_TROUBLE = /^HTTP_ERROR_5|, status 5\d\d:/

/** Returns the failure to show for an error of electron-updater, of Chromium's network or of the file system. */
export function updateFailureOf(error: unknown): UpdateFailure {
  const { message, code, syscall } = partsOf(error)
  if (code === 'ERR_CHECKSUM_MISMATCH') return 'damaged'
  if (syscall !== undefined) return 'not_saved'
  if (message.includes(REFUSED)) return 'wrong_answer'
  if (message.includes('net::ERR_') || message.includes('aborted') || SERVER_TROUBLE.test(`${code}${message}`))
    return 'unreachable'
  // An answer that is not an update causes one of many errors.
  return 'wrong_answer'
}

function partsOf(error: unknown) {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  return { message: String(error), code: typeof code === 'string' ? code : '', syscall }
}
