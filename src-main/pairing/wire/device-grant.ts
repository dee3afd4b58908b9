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
import { POLL_SECONDS, PollTimes } from './poll-times.ts'
import { type GrantServices, tokenAnswer } from './token-answer.ts'

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

const MOST_CLIENT_ID = 200

/** The device grant, RFC 8628: the app shows the code and polls until the person has answered. */
export class DeviceGrant {
  readonly #services: GrantServices
  readonly #polls: PollTimes

  constructor(services: GrantServices) {
    this.#services = services
    this.#polls = new PollTimes(services)
  }

  /** RFC 8628 section 3.1. */
  async authorize(request: AppRequest, form: Form): Promise<AppAnswer | Refusal> {
    const clientId = form.get('client_id')
    if (clientId === undefined || clientId.length > MOST_CLIENT_ID)
      return oauthError('invalid_request', 'client_id is missing or too long. Any name for the app will do.')
    const { pairings, facts, randomBytes } = this.#services
    const { origin } = request
    const claim = form.get('client_name') ?? clientId
    const asked = { request, origin, claim, returnsTo: null }
    const wait = pairings.admit(callerOf(asked))
    if (wait > 0) return busy(wait)
    const asker = await describeAsker(asked, facts)
    const deviceCode = newToken(randomBytes)
    const client = { grant: 'device', clientId } as const
    const pairing = await pairings.ask({ ...asker, holder: sha256(deviceCode), client })
    if (typeof pairing === 'number') return busy(pairing)
    return jsonAnswer(200, {
      device_code: deviceCode,
      user_code: pairing.code,
      verification_uri: addressOf(request, 'verification'),
      expires_in: PAIRING_MS / 1000,
      interval: POLL_SECONDS,
    })
  }

  /** RFC 8628 section 3.4. The answer is the same for a code that is unknown, declined, expired or another app's. */
  async token(request: AppRequest, form: Form): Promise<AppAnswer | Refusal> {
    const pairing = await this.#services.pairings.find(sha256(form.get('device_code') ?? ''))
    if (pairing === undefined || pairing.client.grant !== 'device') return over()
    const { origin } = pairing.asker
    if (origin !== request.origin || pairing.client.clientId !== form.get('client_id')) return over()
    if (!isSamePlace(pairing, request, this.#services.facts)) return over()
    if (pairing.state === 'approved') return tokenAnswer(pairing, origin, this.#services, over)
    return pairing.state === 'taken' ? over() : this.#pending(pairing)
  }

  #pending(pairing: Pairing): AppAnswer {
    const slowerMs = this.#polls.note(pairing)
    if (slowerMs === 0) return oauthError('authorization_pending', 'The person has not answered yet.')
    return oauthError('slow_down', `Ask only every ${plural(slowerMs / 1000, 'second')}.`)
  }
}

function over(): AppAnswer {
  return oauthError('expired_token', 'This request is over. Ask again.')
}
