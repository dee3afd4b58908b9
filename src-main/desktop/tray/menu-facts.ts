import type { Key } from '#shared/keys/key.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { isExtension, type OriginRecord } from '#shared/origins/origin.ts'

export const SITES_SHOWN = 12
export const QUESTIONS_SHOWN = 5

/** What the menu shows of sites and keys. Of thousands only those that it has room for, and one that says “more”. */
export interface MenuFacts {
  /** Those that wait for an answer. */
  readonly pending: readonly OriginRecord[]
  /** The others, most used first. */
  readonly decided: readonly OriginRecord[]
  /** By origin, of the extensions that wait for an answer: the keys that they use. */
  readonly extensionKeys: ReadonlyMap<string, readonly Pick<Key, 'id' | 'name'>[]>
  /** Those that wait for leave to go online. */
  readonly asking: readonly Key[]
}

export interface MenuSources {
  readonly origins: { list(): Promise<readonly OriginRecord[]> }
  readonly keys: { list(): Promise<readonly Key[]> }
  keysOfOrigin(origin: string): Promise<readonly string[]>
}

/** Runs where sites and keys are, because copying thousands of them to another thread would delay both. */
export async function readMenuFacts(sources: MenuSources): Promise<MenuFacts> {
  const keys = await sources.keys.list()
  const shown = chooseShown(await sources.origins.list(), keys)
  return { ...shown, extensionKeys: await readExtensionKeys(sources, shown.pending, keys) }
}

export function chooseShown(origins: readonly OriginRecord[], keys: readonly Key[]): Omit<MenuFacts, 'extensionKeys'> {
  return {
    pending: origins.filter(({ status }) => status === 'pending').slice(0, QUESTIONS_SHOWN + 1),
    decided: mostUsed(origins),
    asking: keys.filter(asksToGoOnline).slice(0, QUESTIONS_SHOWN + 1),
  }
}

function mostUsed(origins: readonly OriginRecord[]): OriginRecord[] {
  return origins
    .filter(({ status }) => status !== 'pending')
    .sort((one, other) => other.requests - one.requests || other.lastSeenAt - one.lastSeenAt)
    .slice(0, SITES_SHOWN)
}

/** Nothing is read while no extension waits for an answer. */
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
