import type { IssuedKey, Key, NewKey } from '#shared/keys/key.ts'
import type { Log } from '../base/log.ts'
import type { Places } from './places.ts'

/** What the hand-over needs of the other rooms. */
export interface HandoverPorts {
  /** Latchkey's data folder. Backups go into a folder of it. */
  readonly dataDir: string
  /** Where apps keep their files; null for a user without a home folder. */
  readonly places: Places | null
  /** The gateway's address for apps on this computer, `http://localhost:11500`. */
  address(): string
  /** Names of the models that the upstream has, looked up anew if unknown. Empty if it does not answer. */
  models(): Promise<readonly string[]>
  readonly keys: HandoverKeys
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}

export interface HandoverKeys {
  create(key: NewKey): Promise<IssuedKey>
  /** The key that a secret belongs to, if it may be used. */
  identify(secret: string): Key | undefined
  /** The name of a key, deleted ones included. */
  nameOf(id: string): string
  /** Whether it is accepted as part of an address. */
  allowInUrl(id: string, allowed: boolean): Promise<unknown>
  /** Switches it off at once; it can be restored. Resolves to whether there was one. */
  delete(id: string): Promise<boolean>
  /** Deletes permanently, for a key that nobody has got. */
  forget(id: string): Promise<unknown>
}
