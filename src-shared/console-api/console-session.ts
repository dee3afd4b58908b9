/** Where a headless console trades the one-time token of its link for a session. */
export const SESSION_PATH = '/session'

/**
 * Handed to the console's page with the session, and sent by its pages with each request: other ports of this computer,
 * which get the session's cookie, do not have it.
 */
export const SESSION_HEADER = 'Latchkey-Session'
