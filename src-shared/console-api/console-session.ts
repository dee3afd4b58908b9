/** Path at which a headless console exchanges the one-time token of its link for a session. */
export const SESSION_PATH = '/session'

/**
 * The console's page gets this value with its session and sends it with each request. Browsers send the session's
 * cookie to every port of this computer, so the cookie alone proves nothing.
 */
export const SESSION_HEADER = 'Latchkey-Session'
