import { useEffect, useRef } from 'react'
import type { IssuedKey } from '#shared/keys/key.ts'
import { DEFAULT_SCOPES } from '#shared/keys/scopes.ts'
import { call } from '../../api/client.ts'
import { fetchFromCore } from '../../api/session.ts'
import { text } from '../../text/text.ts'

const HOUR_MS = 3_600_000

/**
 * A key for this page alone. It is made when it is first needed, and deleted when the person leaves the page; where that
 * fails it stops working within the hour all the same.
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

/** `keepalive` lets the request outlive its page. */
function deleteEvenWhileLeaving(id: string): void {
  const headers = { 'Content-Type': 'application/json' }
  const request = { method: 'DELETE', headers, body: '{}', keepalive: true }
  void fetchFromCore(`/api/keys/${encodeURIComponent(id)}`, request).catch(() => undefined)
}
