import type { Key } from '#shared/keys/key.ts'
import { isExtension, type OriginRecord } from '#shared/origins/origin.ts'
import { call } from '../../api/client.ts'
import { text } from '../../text/text.ts'
import { showChoices, showUndo } from '../feedback/toast.tsx'
import { originName } from './origin-name.ts'

type Site = Pick<OriginRecord, 'origin' | 'label'>

/**
 * Blocks a site and shows a toast. For an extension the toast also offers to disable its key, because a block does not
 * stop everything that an extension reads.
 */
export async function blockSite(site: Site): Promise<void> {
  await decide(site, 'blocked')
  const undo = () => decide(site, 'allowed')
  if (!isExtension(site.origin)) return showUndo(text.origins.blocked({ name: originName(site) }), undo)
  const keys = await keysInUse(site.origin)
  const sentence = keys.length === 0 ? text.origins.blockedNoKey : text.origins.blockedHasKey
  showChoices(sentence({ name: originName(site) }), [
    ...keys.map((key) => ({ label: text.origins.turnOff({ key: key.name }), act: () => turnOff(key) })),
    { label: text.shell.undo, act: undo },
  ])
}

/** The enabled keys that an origin used recently, the latest first. */
export async function keysInUse(origin: string): Promise<Key[]> {
  const [{ keyIds }, keys] = await Promise.all([call('GET /api/origins/keys', { origin }), call('GET /api/keys', {})])
  return keyIds.flatMap((id) => keys.filter((key) => key.id === id && key.enabled))
}

export async function turnOff({ id, name }: Pick<Key, 'id' | 'name'>): Promise<void> {
  await call('PATCH /api/keys/:id', { enabled: false }, id)
  showUndo(text.keys.disabled({ name }), () => call('PATCH /api/keys/:id', { enabled: true }, id))
}

function decide({ origin }: Site, status: 'allowed' | 'blocked'): Promise<OriginRecord> {
  return call('POST /api/origins/decide', { origin, status })
}
