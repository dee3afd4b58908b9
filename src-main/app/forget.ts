import type { Forget, Forgotten } from '#shared/records/forget.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Rooms } from './rooms.ts'
import type { StorePort } from './store-port.ts'

/**
 * Deletes for good what one key or one site left behind, or everything but the settings. Who may come in changes first,
 * so that nothing new is recorded of what is being forgotten. Backups go as well: what is forgotten is in them. The
 * next one is made within the hour.
 *
 * A slip of the pen must not cost the backups: what nothing is known of is refused. But what was cut short can be done
 * again, also when the key or the site itself is gone.
 */
export function createForget(
  { access, usage }: Pick<Rooms, 'access' | 'usage'>,
  { audit, backups }: Pick<StorePort, 'audit' | 'backups'>,
): (what: Forget) => Promise<Forgotten> {
  async function forgetAll(): Promise<number> {
    for (const id of access.keys.ids()) await access.keys.forget(id)
    for (const { origin } of await access.origins.list()) await access.origins.forget(origin)
    await audit.forgetAll()
    return usage.forget('everything')
  }

  async function forgetKey(keyId: string): Promise<number> {
    const isKnown = await access.keys.forget(keyId)
    if (!isKnown && !(await audit.isAbout(keyId)) && !(await usage.hasTraces({ keyId }))) {
      throw new PersonError('no_such_key', 'There is no key with this id, so nothing was deleted.')
    }
    await audit.forget(keyId)
    return usage.forget({ keyId })
  }

  async function forgetOrigin(origin: string): Promise<number> {
    const isKnown = await access.origins.forget(origin)
    if (!isKnown && !(await audit.isAbout(origin)) && !(await usage.hasTraces({ origin }))) {
      const sentence = 'There is no site with this address, so nothing was deleted. See them with: latchkey origin list'
      throw new PersonError('no_such_site', sentence)
    }
    await audit.forget(origin)
    return usage.forget({ origin })
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
