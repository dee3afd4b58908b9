const TOKEN_FRAGMENT = /^#token=([\w-]+)$/

/**
 * Headless only: trades the one-time token of the printed link for the session's cookie. The fragment goes at once,
 * so that the token is in no history entry, bookmark or reload. A token that is refused shows as a missing session.
 */
export async function openSession(): Promise<void> {
  const token = TOKEN_FRAGMENT.exec(location.hash)?.[1]
  if (token === undefined) return
  history.replaceState(null, '', location.pathname)
  await fetch('/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  }).catch(() => undefined)
}
