import { useEffect, useRef } from 'react'
import type { IssuedKey } from '#shared/keys/key.ts'
import { DEFAULT_SCOPES } from '#shared/keys/scopes.ts'
import { call } from '../../api/client.ts'
import { fetchFromCore } from '../../api/session.ts'
import { text } from '../../text/text.ts'

const HOUR_MS = 3_600_000

/**
 * Makes a key for this page alone when it is first needed. Leaving the page deletes it; if that fails, it expires
 * within an hour.
 */
export function useTestKey(): () => Promise<string> {
  const issued = useRef<IssuedKey | null>(null)

  useEffect(() => {
    const discard = () => {
      if (issued.current !== null) deleteEvenWhileLeaving(issued.current.id)
      issued.current = null
    }
    window.addEventListener('pagehide', discard)
    return () => {
      window.removeEventListener('pagehide', discard)
      discard()
    }
  }, [])

  return async () => {
    const kept = issued.current
    if (kept?.expiresAt != null && kept.expiresAt > Date.now()) return kept.secret
    if (kept !== null) deleteEvenWhileLeaving(kept.id)
    issued.current = await call('POST /api/keys', {
      name: text.tryOut.testKeyName,
      scopes: [...DEFAULT_SCOPES],
      expiresAt: Date.now() + HOUR_MS,
    })
    return issued.current.secret
  }
}

/** With `keepalive`, the request continues after the page is closed. */
function deleteEvenWhileLeaving(id: string): void {
  const headers = { 'Content-Type': 'application/json' }
  const request = { method: 'DELETE', headers, body: '{}', keepalive: true }
  void fetchFromCore(`/api/keys/${encodeURIComponent(id)}`, request).catch(() => undefined)
}
