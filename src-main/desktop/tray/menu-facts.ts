import type { Key } from '#shared/keys/key.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { asksAboutOtherApp } from '#shared/keys/other-app.ts'
import { isExtension, type OriginRecord } from '#shared/origins/origin.ts'
import type { PairingRequest } from '#shared/pairing/pairing.ts'
import { isWaiting, type Person } from '#shared/people/person.ts'

export const SITES_SHOWN = 12
export const QUESTIONS_SHOWN = 5

/**
 * The sites and keys that the menu shows. Of thousands it holds only as many as the menu has room for, and one more, so
 * that the menu can say “more”.
 */
export interface MenuFacts {
  /** Sites that wait for an answer. */
  readonly pending: readonly OriginRecord[]
  /** The other sites, most used first. */
  readonly decided: readonly OriginRecord[]
  /** The keys that each extension waiting for an answer uses, by origin. */
  readonly extensionKeys: ReadonlyMap<string, readonly Pick<Key, 'id' | 'name'>[]>
  /** Keys that wait for permission to go online. */
  readonly asking: readonly Key[]
  /** Those that another app used than their own, and that wait for an answer. */
  readonly strayed: readonly Key[]
  /** Persons who asked to join. */
  readonly joining: readonly Person[]
  /** Apps that ask for a key, oldest first: five at most. */
  readonly pairings: readonly PairingRequest[]
}

export interface MenuSources {
  readonly origins: { list(): Promise<readonly OriginRecord[]> }
  readonly keys: { list(): Promise<readonly Key[]> }
  readonly people: { list(): Promise<readonly Person[]> }
  readonly pairing: { list(): readonly PairingRequest[] }
  keysOfOrigin(origin: string): Promise<readonly string[]>
}

/** Runs in the core's thread, where sites and keys are: copying thousands of them between threads would delay both. */
export async function readMenuFacts(sources: MenuSources): Promise<MenuFacts> {
  const keys = await sources.keys.list()
  const shown = chooseShown(await sources.origins.list(), keys)
  const extensionKeys = await readExtensionKeys(sources, shown.pending, keys)
  const joining = (await sources.people.list()).filter(isWaiting).slice(0, QUESTIONS_SHOWN + 1)
  return { ...shown, extensionKeys, joining, pairings: sources.pairing.list() }
}

export function chooseShown(
  origins: readonly OriginRecord[],
  keys: readonly Key[],
): Pick<MenuFacts, 'pending' | 'decided' | 'asking' | 'strayed'> {
  return {
    pending: origins.filter(({ status }) => status === 'pending').slice(0, QUESTIONS_SHOWN + 1),
    decided: mostUsed(origins),
    asking: keys.filter(asksToGoOnline).slice(0, QUESTIONS_SHOWN + 1),
    strayed: keys.filter(asksAboutOtherApp).slice(0, QUESTIONS_SHOWN + 1),
  }
}

function mostUsed(origins: readonly OriginRecord[]): OriginRecord[] {
  return origins
    .filter(({ status }) => status !== 'pending')
    .sort((one, other) => other.requests - one.requests || other.lastSeenAt - one.lastSeenAt)
    .slice(0, SITES_SHOWN)
}

/** Reads nothing unless an extension waits for an answer. */
async function readExtensionKeys(
  { keysOfOrigin }: MenuSources,
  pending: readonly OriginRecord[],
  keys: readonly Key[],
): Promise<MenuFacts['extensionKeys']> {
  const waiting = pending.slice(0, QUESTIONS_SHOWN).filter(({ origin }) => isExtension(origin))
  const usable = keys.filter(({ enabled }) => enabled).map(({ id, name }) => ({ id, name }))
  const keysOf = async ({ origin }: OriginRecord) => {
    const ids = await keysOfOrigin(origin)
    return [origin, usable.filter(({ id }) => ids.includes(id))] as const
  }
  return new Map(await Promise.all(waiting.map(keysOf)))
}
