import type { UpdateFailure } from '#shared/settings/updates.ts'

/** Chromium's name for a request that our own session refused: it led out of the feed's folder. */
const REFUSED = 'net::ERR_BLOCKED_BY_CLIENT'
/** What the server itself calls trouble of its own, which passes. */
const SERVER_TROUBLE = /^HTTP_ERROR_5|, status 5\d\d:/

/** What an error of electron-updater, of Chromium's network or of the file system means to the person. */
export function updateFailureOf(error: unknown): UpdateFailure {
  const { message, code, syscall } = partsOf(error)
  if (code === 'ERR_CHECKSUM_MISMATCH') return 'damaged'
  if (syscall !== undefined) return 'not_saved'
  if (message.includes(REFUSED)) return 'wrong_answer'
  if (message.includes('net::ERR_') || message.includes('aborted') || SERVER_TROUBLE.test(`${code}${message}`))
    return 'unreachable'
  // Whatever an answer holds that is no update comes out as one of many errors.
  return 'wrong_answer'
}

function partsOf(error: unknown) {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  return { message: String(error), code: typeof code === 'string' ? code : '', syscall }
}
