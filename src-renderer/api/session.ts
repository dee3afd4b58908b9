import { SESSION_HEADER, SESSION_PATH } from '#shared/console-api/console-session.ts'

const TOKEN_FRAGMENT = /^#token=([\w-]+)$/
const KEPT_AS = 'latchkey-session'

/** For a browser that lets pages keep nothing: the session then ends with the page. */
let secretOfThisPage: string | null = null

/**
 * Headless only: trades the one-time token of the printed link for a session, which is a cookie and a secret that this
 * origin's pages keep. The fragment goes at once, so that the token is in no history entry, bookmark or reload. A token
 * that is refused shows as a missing session.
 */
export async function openSession(): Promise<void> {
  const token = TOKEN_FRAGMENT.exec(location.hash)?.[1]
  if (token === undefined) return
  history.replaceState(null, '', location.pathname)
  const body = JSON.stringify({ token })
  const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }
  const answer = await fetch(SESSION_PATH, request).catch(() => undefined)
  const secret = answer?.headers.get(SESSION_HEADER)
  if (secret != null) keep(secret)
}

/** `fetch` from the core. Everything that the pages ask goes through here: the cookie alone opens nothing. */
export function fetchFromCore(path: string, init: RequestInit = {}): Promise<Response> {
  const secret = kept()
  if (secret === null) return fetch(path, init)
  const headers = new Headers(init.headers)
  headers.set(SESSION_HEADER, secret)
  return fetch(path, { ...init, headers })
}

// In localStorage, and read each time: a tab without a session goes on once a link was opened in another.
function keep(secret: string): void {
  secretOfThisPage = secret
  try {
    localStorage.setItem(KEPT_AS, secret)
  } catch {
    // The page goes on with what it holds.
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT_AS) ?? secretOfThisPage
  } catch {
    return secretOfThisPage
  }
}
