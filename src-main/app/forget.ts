import type { Forget, Forgotten } from '#shared/forget.ts'
import { PersonError } from '#shared/person-error.ts'
import type { LiveRooms } from './live-rooms.ts'

/**
 * Deletes for good what one key or one site left behind, or everything but the settings. Who may come in changes first,
 * so that nothing new is recorded of what is being forgotten. Backups go as well: what is forgotten is in them. The
 * next one is made within the hour.
 */
export function createForget({ access, forget, backups }: LiveRooms): (what: Forget) => Promise<Forgotten> {
  async function forgetAll(): Promise<number> {
    for (const id of access.keys.ids()) await access.keys.forget(id)
    for (const { origin } of await access.origins.list()) await access.origins.forget(origin)
    return forget('everything')
  }

  async function forgetKey(keyId: string): Promise<number> {
    // A slip of the pen must not cost the backups.
    if (!access.keys.ids().includes(keyId)) {
      throw new PersonError('no_such_key', 'There is no key with this id, so nothing was deleted.')
    }
    await access.keys.forget(keyId)
    return forget({ keyId })
  }

  async function forgetOrigin(origin: string): Promise<number> {
    await access.origins.forget(origin)
    return forget({ origin })
  }

  return async (what) => {
    const exchanges = await ('key' in what
      ? forgetKey(what.key)
      : 'origin' in what
        ? forgetOrigin(what.origin)
        : forgetAll())
    return { exchanges, backups: await backups.removeAll() }
  }
}
