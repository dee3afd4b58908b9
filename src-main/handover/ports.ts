import type { IssuedKey, Key, NewKey } from '#shared/keys/key.ts'
import type { Log } from '../base/log.ts'
import type { Environment } from './app-folders.ts'

/** The operations of other rooms that the hand-over uses. */
export interface HandoverPorts {
  /** Latchkey's data folder. Backups go into a folder inside it. */
  readonly dataDir: string
  /** The folders of apps; null for a user without a home folder. */
  readonly environment: Environment | null
  /** The gateway's address for apps on this computer, `http://localhost:11500`. */
  address(): string
  /** Names of the upstream's models, requested if unknown. Empty if the upstream does not answer. */
  models(): Promise<readonly string[]>
  readonly keys: HandoverKeys
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}

export interface HandoverKeys {
  create(key: NewKey): Promise<IssuedKey>
  /** The key with this secret, if it may be used. */
  identify(secret: string): Key | undefined
  /** The name of a key, even of a deleted one. */
  nameOf(id: string): string
  /** Sets whether the key is accepted in addresses. */
  allowInUrl(id: string, allowed: boolean): Promise<unknown>
  /** Disables the key at once; it can be restored. Resolves to false if it did not exist. */
  delete(id: string): Promise<boolean>
  /** Deletes a key permanently. For a key that no app has received. */
  forget(id: string): Promise<unknown>
}
