import type { Refusal } from '#shared/gateway/decisions.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import type { PairingClient } from '#shared/pairing/stored.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { callerOf, describeAsker } from '../asker/describe-asker.ts'
import { isSamePlace, type Pairing } from '../held-pairing.ts'
import type { AppAnswer, AppRequest, AskerFacts } from '../ports.ts'
import { newToken, sameHash, sha256 } from '../secrets.ts'
import { issuerOf } from './addresses.ts'
import { oauthError } from './oauth-answer.ts'
import { type PageWriter, redirect } from './pages.ts'
import { mayFetch, type RedirectTarget, redirectTarget, withAnswer } from './redirect-target.ts'
import { type GrantServices, tokenAnswer } from './token-answer.ts'

// RFC 7636 sections 4.1 and 4.2.
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/
const CHALLENGE = /^[A-Za-z0-9\-_]{43}$/
const MOST_STATE = 1000
const MOST_CLIENT_ID = 200
const FROM_ANOTHER_SITE: Refusal = { refused: 'pairing_origin', detail: 'another site opened it' }

/** The parameters with which an app opens the browser, by their names in RFC 6749 and RFC 7636. */
export interface CodeAsk {
  readonly redirectUri: string | undefined
  readonly responseType: string | undefined
  readonly clientId: string | undefined
  /** The name that the app gives itself; empty if it gives none. */
  readonly claim: string
  readonly state: string | undefined
  readonly challenge: string | undefined
  readonly challengeMethod: string | undefined
}

/** The parameters with which an app fetches its key. */
export interface CodeProof {
  readonly code: string
  readonly verifier: string
  readonly clientId: string | undefined
  /** undefined in OpenRouter's shape, which does not repeat it. */
  readonly redirectUri: string | undefined
}

export interface CodeServices extends GrantServices {
  readonly pages: PageWriter
}

type CodeClient = Extract<PairingClient, { grant: 'code' }>

interface GoodAsk extends Pick<CodeClient, 'redirectUri' | 'clientId' | 'challenge'> {
  readonly target: RedirectTarget
  readonly state: string | undefined
  readonly claim: string
}

/**
 * The code grant with PKCE: RFC 6749 section 4.1, RFC 7636, RFC 8252. The app opens a page in a browser. The page only
 * waits; the person answers in Latchkey, where no site can frame or press anything. The page reloads itself to learn
 * the answer, so it needs no script and no secret of its own.
 */
export class CodeGrant {
  readonly #services: CodeServices

  constructor(services: CodeServices) {
    this.#services = services
  }

  /** Shows the page at the authorization endpoint. After the person's answer it redirects to the app. */
  async page(request: AppRequest, ask: CodeAsk): Promise<AppAnswer | Refusal> {
    const target = redirectTarget(ask.redirectUri ?? '')
    if (target === undefined) return this.#services.pages.message(request, 400, 'elsewhere')
    // Chromium marks an extension's own sign-in window as cross-site too, but then only the extension gets the answer.
    if (request.isCrossSite && target.origin === null) return FROM_ANOTHER_SITE
    const checked = checkedAsk(ask, target)
    if (typeof checked === 'string') return this.#sendBack(request, target, ask.state, checked)
    if (target.origin !== null && this.#services.facts.isBlocked(target.origin))
      return this.#services.pages.message(request, 403, 'blocked')
    try {
      return await this.#answer(request, checked)
    } catch (error) {
      if (!(error instanceof PersonError)) throw error
      return this.#sendBack(request, target, ask.state, 'temporarily_unavailable')
    }
  }

  /**
   * Hands over the key if code, verifier, address and origin belong together; else `over` answers. Each code has one
   * attempt.
   */
  async token(request: AppRequest, proof: CodeProof, over: () => AppAnswer, shape?: (key: IssuedKey) => object) {
    const { pairings, facts } = this.#services
    const pairing = await pairings.find(sha256(proof.code))
    // A page that still waits has no code yet.
    if (pairing === undefined || pairing.client.grant !== 'code' || !pairing.client.isAnswered) return over()
    const { client } = pairing
    const target = redirectTarget(client.redirectUri)
    const isTheirs = target !== undefined && isSamePlace(pairing, request, facts) && mayFetch(target, request.origin)
    if (isTheirs && isProven(client, proof))
      return tokenAnswer(pairing, boundOrigin(target, request), this.#services, over, shape)
    // A client with a code but without its verifier has stolen the code.
    await pairings.drop(pairing)
    return over()
  }

  async #answer(request: AppRequest, ask: GoodAsk): Promise<AppAnswer> {
    const { pairings, pages, facts } = this.#services
    const page = pageOf(ask, request, facts)
    const pairing = await pairings.findPage(page)
    if (pairing?.client.grant !== 'code') return this.#open(request, ask, page)
    if (pairing.client.isAnswered) return pages.message(request, 400, 'over')
    if (pairings.isLive(pairing)) return this.#goOn(request, ask, pairing)
    // This page waited for an answer and got none.
    if (!(await pairings.closePage(pairing))) return pages.message(request, 400, 'over')
    return this.#sendBack(request, ask.target, ask.state, 'access_denied')
  }

  async #open(request: AppRequest, ask: GoodAsk, page: string): Promise<AppAnswer> {
    const { pairings, facts } = this.#services
    const { target, claim, clientId, redirectUri, challenge } = ask
    const asked = { request, origin: target.origin, claim, returnsTo: target.returnsTo }
    if (pairings.admit(callerOf(asked)) > 0)
      return this.#sendBack(request, target, ask.state, 'temporarily_unavailable')
    const asker = await describeAsker(asked, facts)
    const client = { grant: 'code', clientId, redirectUri, challenge, page, isAnswered: false } as const
    const pairing = await pairings.ask({ ...asker, holder: page, client })
    if (typeof pairing === 'number') return this.#sendBack(request, target, ask.state, 'temporarily_unavailable')
    return this.#services.pages.waiting(request, pairing.code)
  }

  async #goOn(request: AppRequest, ask: GoodAsk, pairing: Pairing): Promise<AppAnswer> {
    if (pairing.state !== 'approved') return this.#services.pages.waiting(request, pairing.code)
    const code = newToken(this.#services.randomBytes)
    if (!(await this.#services.pairings.pass(pairing, sha256(code))))
      return this.#services.pages.message(request, 400, 'over')
    return redirect(withAnswer(ask.target, { code, state: ask.state, iss: issuerOf(request) }))
  }

  #sendBack(request: AppRequest, target: RedirectTarget, state: string | undefined, error: string): AppAnswer {
    const kept = state === undefined || state.length > MOST_STATE ? undefined : state
    return redirect(withAnswer(target, { error, state: kept, iss: issuerOf(request) }))
  }
}

/** Checks the request. Returns it, or the error of RFC 6749 section 4.1.2.1 for the app. */
function checkedAsk(ask: CodeAsk, target: RedirectTarget): GoodAsk | 'invalid_request' | 'unsupported_response_type' {
  const { redirectUri = '', responseType, clientId, claim, state, challenge = '', challengeMethod } = ask
  if (responseType !== undefined && responseType !== 'code') return 'unsupported_response_type'
  if (responseType === undefined || clientId === undefined || clientId.length > MOST_CLIENT_ID) return 'invalid_request'
  if (challengeMethod !== 'S256' || !CHALLENGE.test(challenge)) return 'invalid_request'
  if (state !== undefined && state.length > MOST_STATE) return 'invalid_request'
  return { target, redirectUri, clientId, challenge, state, claim }
}

/** Identifies a page by its request and by where its browser is. */
function pageOf(
  { redirectUri, clientId, challenge, state }: GoodAsk,
  { device }: AppRequest,
  { computer }: Pick<AskerFacts, 'computer'>,
): string {
  return sha256(JSON.stringify([redirectUri, clientId, challenge, state, device === null && computer]))
}

function isProven(client: CodeClient, { verifier, clientId, redirectUri }: CodeProof): boolean {
  if (!VERIFIER.test(verifier) || !sameHash(sha256(verifier), client.challenge)) return false
  return clientId === client.clientId && (redirectUri === undefined || redirectUri === client.redirectUri)
}

/** The key of an extension or a page is limited to its origin. A program sends no Origin, so its key has no limit. */
function boundOrigin(target: RedirectTarget, { origin }: AppRequest): string | null {
  return target.origin ?? origin
}

/** RFC 6749 section 5.2: the same answer for a wrong code, verifier, address or client. */
export function invalidGrant(): AppAnswer {
  return oauthError('invalid_grant', 'This code is not valid, was used before, or belongs to another app.')
}
