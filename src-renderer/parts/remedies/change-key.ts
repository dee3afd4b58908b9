import type { Key, KeyPatch } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { text } from '../../text/text.ts'
import { offerUndo } from './offer-undo.ts'
import type { RemedyAction, RemedyContext } from './remedy-action.ts'

type Field = keyof KeyPatch

/** Changes one field of the key of a refused request, with an undo. null if the key has been deleted. */
export function changeKey<F extends Field>(
  { key, exchange, secret }: RemedyContext,
  field: F,
  change: (key: Key) => { value: Key[F]; label: string },
): RemedyAction | null {
  if (key === undefined) return exchange?.keyId === null ? openKeys(secret) : null
  const { value, label } = change(key)
  if (value === key[field]) return { kind: 'done' }
  const perform = async () => {
    await call('PATCH /api/keys/:id', { [field]: value }, key.id)
    offerUndo(secret, `${label}.`, () => call('PATCH /api/keys/:id', { [field]: key[field] }, key.id))
    return null
  }
  return { kind: 'perform', label, perform }
}

/** Leads to the keys. null while the page shows a secret, which another page would lose. */
export function openKeys(secret: string | null): RemedyAction | null {
  return secret === null ? { kind: 'open', label: text.remedies.openKeys, href: '/keys' } : null
}

/** The same list if it has the value already; null if the key has no list and so no restriction. */
export function withValue<T extends string>(list: T[] | null, value: T): T[] | null {
  if (list === null) return null
  return list.includes(value) ? list : [...list, value]
}
