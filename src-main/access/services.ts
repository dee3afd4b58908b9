import type { AccessOptions } from './access-options.ts'
import type { KeyExpiry } from './keys/key-expiry.ts'
import type { KeyRing } from './keys/key-ring.ts'
import { KeyService } from './keys/key-service.ts'
import type { LimitQuestions } from './limits/limit-questions.ts'
import type { OriginRegistry } from './origins/origin-registry.ts'
import { OriginService } from './origins/origin-service.ts'
import type { Revocations } from './revocations.ts'

interface KeyParts {
  readonly ring: KeyRing
  readonly expiry: KeyExpiry
  readonly revocations: Revocations
  readonly limitQuestions: LimitQuestions
  /** Called after keys have changed. */
  readonly changed: () => void
}

/** Joins the service that changes keys with the parts that follow each change. */
export function createKeyService(options: AccessOptions, parts: KeyParts): KeyService {
  const { persons, keys: store, now, randomBytes, onKeysChanged, onOnlineQuestion, onOtherAppQuestion, log } = options
  const { ring, expiry, revocations, limitQuestions, changed } = parts
  return new KeyService({
    ring,
    persons,
    store,
    now,
    randomBytes,
    revoke: (keyId) => revocations.tell({ keyId }),
    changed: () => {
      expiry.watch()
      changed()
      onKeysChanged()
    },
    askedOnline: onOnlineQuestion,
    askedOtherApp: onOtherAppQuestion,
    updated: (id, patch) => limitQuestions.answer(id, patch),
    log,
  })
}

interface OriginParts {
  readonly registry: OriginRegistry
  readonly revocations: Revocations
}

/** Joins the service that decides about origins with the parts that follow each decision. */
export function createOriginService(options: AccessOptions, { registry, revocations }: OriginParts): OriginService {
  const { origins: store, now, onOriginsChanged } = options
  const revoke = (origin: string) => revocations.tell({ origin })
  return new OriginService({ registry, store, now, changed: onOriginsChanged, revoke })
}
