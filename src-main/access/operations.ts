import type { DeletedKey, IssuedKey, Key, KeyPatch, NewKey } from '#shared/keys/key.ts'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { KeyService } from './keys/key-service.ts'
import type { OriginService } from './origins/origin-service.ts'
import type { UseStore } from './ports.ts'

/** The operations on keys for a person. Methods for one key resolve to undefined if it does not exist. */
export interface KeyOperations {
  list(): Promise<Key[]>
  deleted(): Promise<DeletedKey[]>
  create(key: NewKey): Promise<IssuedKey>
  /** A key to be written with others by `adopt`. Nobody learns its secret. */
  draft(key: NewKey): StoredKey
  update(id: string, patch: KeyPatch): Promise<Key | undefined>
  delete(id: string): Promise<Key | undefined>
  restore(id: string): Promise<Key | undefined>
  rotate(id: string, graceMs: number): Promise<IssuedKey | undefined>
  /** Deletes a key permanently. Resolves to true if the key existed. */
  forget(id: string): Promise<boolean>
  /** The ids of all keys, including deleted ones. */
  ids(): readonly string[]
  /** Every key that is not deleted, with the hashes of its secrets. */
  stored(): readonly StoredKey[]
  /** True if a key, deleted ones included, has or had the secret with this SHA-256 in base64. */
  hasSecret(hash: string): boolean
}

/** The operations on origins for a person. */
export interface OriginOperations {
  list(): Promise<OriginRecord[]>
  decide(origin: string, status: 'allowed' | 'blocked'): Promise<OriginRecord>
  label(origin: string, label: string | null): Promise<OriginRecord | undefined>
  forget(origin: string): Promise<boolean>
}

/** The service's operations. Each waits while the rows of the store are being replaced. */
export function keyOperations(service: KeyService, use: UseStore): KeyOperations {
  return {
    list: () => use(() => service.list()),
    deleted: () => use(() => service.deleted()),
    create: (key) => use(() => service.create(key)),
    draft: (key) => service.draft(key).stored,
    update: (id, patch) => use(() => service.update(id, patch)),
    delete: (id) => use(() => service.delete(id)),
    restore: (id) => use(() => service.restore(id)),
    rotate: (id, graceMs) => use(() => service.rotate(id, graceMs)),
    forget: (id) => use(() => service.forget(id)),
    ids: () => service.ids(),
    stored: () => service.stored(),
    hasSecret: (hash) => service.hasSecret(hash),
  }
}

/** The service's operations. Each waits while the rows of the store are being replaced. */
export function originOperations(service: OriginService, use: UseStore): OriginOperations {
  return {
    list: () => use(() => service.list()),
    decide: (origin, status) => use(() => service.decide(origin, status)),
    label: (origin, label) => use(() => service.label(origin, label)),
    forget: (origin) => use(() => service.forget(origin)),
  }
}
