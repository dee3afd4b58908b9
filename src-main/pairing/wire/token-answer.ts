import type { Refusal } from '#shared/gateway/decisions.ts'
import { type IssuedKey, newKeySchema } from '#shared/keys/key.ts'
import { PRESETS } from '#shared/keys/presets.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Log } from '../../base/log.ts'
import type { Approval, Pairing } from '../held-pairing.ts'
import type { PairingService } from '../pairing-service.ts'
import type { AppAnswer, AskerFacts, PairingKeys } from '../ports.ts'
import type { RandomBytes } from '../secrets.ts'
import { jsonAnswer, tryLater } from './oauth-answer.ts'

/** The services that both grants use. */
export interface GrantServices {
  readonly pairings: PairingService
  readonly keys: PairingKeys
  readonly facts: AskerFacts
  readonly randomBytes: RandomBytes
  readonly monotonic: () => number
  readonly log: Pick<Log, 'warn'>
  /** Waits for work that continues after an answer, and logs its failure. */
  readonly afterwards: (work: Promise<void>) => void
}

type Shape = (key: IssuedKey) => object

const OAUTH: Shape = ({ secret, scopes }) => ({ access_token: secret, token_type: 'Bearer', scope: scopes.join(' ') })

/**
 * Creates the key of an approved request and hands it over. The key is created only now, so an app that never comes
 * leaves no key behind. If the answer does not reach the app, the key is withdrawn. A second call gets `over`.
 */
export async function tokenAnswer(
  pairing: Pairing,
  origin: string | null,
  services: GrantServices,
  over: () => AppAnswer,
  shape = OAUTH,
): Promise<AppAnswer | Refusal> {
  const { pairings, afterwards } = services
  const approval = await pairings.take(pairing)
  if (approval === undefined) return over()
  let key: IssuedKey
  try {
    key = await makeKey(approval, origin, services)
  } catch (error) {
    await pairings.giveBack(pairing)
    if (!(error instanceof PersonError)) throw error
    services.log.warn({ err: error }, 'could not make a key for an app')
    return tryLater()
  }
  const onSent = (isWhole: boolean) =>
    afterwards(isWhole ? pairings.finish(pairing, key.id) : takeBack(pairing, key, services))
  return { ...jsonAnswer(200, shape(key)), onSent }
}

async function makeKey({ preset, name }: Approval, origin: string | null, { keys }: GrantServices): Promise<IssuedKey> {
  if (origin !== null) await keys.allow(origin)
  const origins = origin === null ? null : [origin]
  return keys.create(newKeySchema.parse({ name, scopes: [...PRESETS[preset]], origins }))
}

async function takeBack(pairing: Pairing, key: IssuedKey, { pairings, keys }: GrantServices): Promise<void> {
  try {
    await keys.withdraw(key)
  } finally {
    await pairings.finish(pairing, null)
  }
}
