import type { Refusal } from '#shared/gateway/decisions.ts'
import { PAIRING_MS } from '#shared/pairing/pairing.ts'
import { plural } from '#shared/text/plural.ts'
import { callerOf, describeAsker } from '../asker/describe-asker.ts'
import { isSamePlace, type Pairing } from '../held-pairing.ts'
import type { AppAnswer, AppRequest } from '../ports.ts'
import { newToken, sha256 } from '../secrets.ts'
import { addressOf } from './addresses.ts'
import type { Form } from './form.ts'
import { busy, jsonAnswer, oauthError } from './oauth-answer.ts'
import { type GrantServices, tokenAnswer } from './token-answer.ts'

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

const POLL_SECONDS = 2
/** RFC 8628 section 3.5. */
const SLOWER_BY_SECONDS = 5
/** Tolerance for the client's timer and the time of transfer. */
const TOLERANCE_MS = 500
const MOST_CLIENT_ID = 200

/** The facts that the token route needs about a request that began here. */
interface DeviceClient {
  readonly clientId: string
  readonly origin: string | null
  intervalMs: number
  lastPollAt: number
}

/** The device grant, RFC 8628: the app shows the code and polls until the person has answered. */
export class DeviceGrant {
  readonly #services: GrantServices
  readonly #clients = new WeakMap<Pairing, DeviceClient>()

  constructor(services: GrantServices) {
    this.#services = services
  }

  /** RFC 8628 section 3.1. */
  async authorize(request: AppRequest, form: Form): Promise<AppAnswer | Refusal> {
    const clientId = form.get('client_id')
    if (clientId === undefined || clientId.length > MOST_CLIENT_ID)
      return oauthError('invalid_request', 'client_id is missing or too long. Any name for the app will do.')
    const { pairings, facts, randomBytes, monotonic } = this.#services
    const { origin } = request
    const claim = form.get('client_name') ?? clientId
    const asked = { request, origin, claim, returnsTo: null }
    const wait = pairings.admit(callerOf(asked))
    if (wait > 0) return busy(wait)
    const asker = await describeAsker(asked, facts)
    const deviceCode = newToken(randomBytes)
    const pairing = pairings.ask({ ...asker, holder: sha256(deviceCode) })
    if (typeof pairing === 'number') return busy(pairing)
    this.#clients.set(pairing, { clientId, origin, intervalMs: POLL_SECONDS * 1000, lastPollAt: monotonic() })
    return jsonAnswer(200, {
      device_code: deviceCode,
      user_code: pairing.code,
      verification_uri: addressOf(request, 'verification'),
      expires_in: PAIRING_MS / 1000,
      interval: POLL_SECONDS,
    })
  }

  /** RFC 8628 section 3.4. The answer is the same for a code that is unknown, declined, expired or another app's. */
  token(request: AppRequest, form: Form): Promise<AppAnswer | Refusal> | AppAnswer {
    const pairing = this.#services.pairings.find(sha256(form.get('device_code') ?? ''))
    const client = pairing === undefined ? undefined : this.#clients.get(pairing)
    if (pairing === undefined || client === undefined) return over()
    if (client.origin !== request.origin || client.clientId !== form.get('client_id')) return over()
    if (!isSamePlace(pairing, request)) return over()
    if (pairing.state === 'approved') return tokenAnswer(pairing, client.origin, this.#services, over)
    return pairing.state === 'taken' ? over() : this.#pending(client)
  }

  #pending(client: DeviceClient): AppAnswer {
    const now = this.#services.monotonic()
    const isEarly = now - client.lastPollAt < client.intervalMs - TOLERANCE_MS
    client.lastPollAt = now
    if (!isEarly) return oauthError('authorization_pending', 'The person has not answered yet.')
    client.intervalMs += SLOWER_BY_SECONDS * 1000
    return oauthError('slow_down', `Ask only every ${plural(client.intervalMs / 1000, 'second')}.`)
  }
}

function over(): AppAnswer {
  return oauthError('expired_token', 'This request is over. Ask again.')
}
