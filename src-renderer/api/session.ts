import { SESSION_HEADER, SESSION_PATH } from '#shared/console-api/console-session.ts'

const TOKEN_FRAGMENT = /^#token=([\w-]+)$/
const KEPT_AS = 'latchkey-session'

/** For a browser without storage. The session then ends with the page. */
let secretOfThisPage: string | null = null

/**
 * Headless only: exchanges the one-time token of the printed link for a session, which is a cookie and a secret in this
 * origin's storage. Removes the fragment first, so that no history entry, bookmark or reload contains the token. After
 * a refused token, the session is missing.
 */
export async function openSession(): Promise<void> {
  const token = TOKEN_FRAGMENT.exec(location.hash)?.[1]
  if (token === undefined) return
  history.replaceState(null, '', location.pathname)
  const body = JSON.stringify({ token })
  const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }
  const answer = await fetch(SESSION_PATH, request).catch(() => undefined)
  if (answer !== undefined) keepSession(answer)
}

/** Keeps the secret of the session that an answer has opened, if it has. */
export function keepSession(answer: Response): void {
  const secret = answer.headers.get(SESSION_HEADER)
  if (secret !== null) keep(secret)
}

/** Forgets the secret of a session that has ended. */
export function forgetSession(): void {
  secretOfThisPage = null
  try {
    localStorage.removeItem(KEPT_AS)
  } catch {
    // There was nothing but the secret of this page.
  }
}

/**
 * `fetch` with the session's secret. All requests to the core go through here, because the cookie alone is not enough.
 */
export function fetchFromCore(path: string, init: RequestInit = {}): Promise<Response> {
  const secret = kept()
  if (secret === null) return fetch(path, init)
  const headers = new Headers(init.headers)
  headers.set(SESSION_HEADER, secret)
  return fetch(path, { ...init, headers })
}

// In localStorage and read for each request, so that a tab without a session continues after a link is opened in
// another.
function keep(secret: string): void {
  secretOfThisPage = secret
  try {
    localStorage.setItem(KEPT_AS, secret)
  } catch {
    // The page keeps the secret in memory.
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT_AS) ?? secretOfThisPage
  } catch {
    return secretOfThisPage
  }
}
