import type { Refusal } from '#shared/gateway/decisions.ts'
import type { PairingApproval, PairingChange, PairingChoice, PairingRequest } from '#shared/pairing/pairing.ts'
import type { PairingRows } from '#shared/pairing/stored.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Log } from '../base/log.ts'
import { PairingService, type Subject } from './pairing-service.ts'
import type { AppAnswer, AppRequest, AskerFacts, PairingKeys, PairingStore } from './ports.ts'
import type { RandomBytes } from './secrets.ts'
import { CodeGrant, invalidGrant } from './wire/code-grant.ts'
import { DEVICE_GRANT, DeviceGrant } from './wire/device-grant.ts'
import { type Form, isForm, readForm } from './wire/form.ts'
import { about, metadata, openApi } from './wire/metadata.ts'
import { oauthError, tryLater } from './wire/oauth-answer.ts'
import { openRouterAsk, openRouterKey } from './wire/openrouter.ts'
import { createPages, type PageWriter } from './wire/pages.ts'

export interface PairingOptions {
  readonly version: string
  /** null: no other gateway answers these apps. */
  readonly store: PairingStore | null
  readonly keys: PairingKeys
  readonly facts: AskerFacts
  /** The setting. It is read for each request. */
  readonly isOn: () => boolean
  /** The setting, for pages shown in a browser. */
  readonly language: () => Settings['language']
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  /** Milliseconds from an arbitrary start. A change of the clock does not affect it. */
  readonly monotonic: () => number
  readonly randomBytes: RandomBytes
  readonly log: Pick<Log, 'warn'>
  readonly onQuestion: (request: PairingRequest) => void
  readonly onChange: (change: PairingChange) => void
}

/** Apps ask for keys, the person answers, and the apps fetch their keys. */
export class Pairings {
  readonly #options: PairingOptions
  readonly #service: PairingService
  readonly #device: DeviceGrant
  readonly #code: CodeGrant
  readonly #pages: PageWriter
  readonly #working = new Set<Promise<void>>()

  constructor(options: PairingOptions) {
    this.#options = options
    this.#service = new PairingService({ ...options, ...options.facts })
    this.#pages = createPages(options.language)
    const services = {
      ...options,
      pairings: this.#service,
      afterwards: (work: Promise<void>) => this.#finishLater(work),
    }
    this.#device = new DeviceGrant(services)
    this.#code = new CodeGrant({ ...services, pages: this.#pages })
  }

  /** The requests that wait for the person, oldest first. */
  list(): PairingRequest[] {
    return this.#service.list()
  }

  /** Rejects with a PersonError if the request has ended, was answered, or has another code. */
  approve(approval: PairingApproval): Promise<void> {
    return this.#service.approve(approval)
  }

  /** Rejects like `approve`. */
  decline(choice: PairingChoice): Promise<void> {
    return this.#service.decline(choice)
  }

  /** Ends the requests of an origin that the person blocked. */
  block(origin: string): void {
    this.#finishLater(this.#service.block(origin))
  }

  /** Ends all requests, such as when pairing is switched off. */
  endAll(): void {
    this.#finishLater(this.#service.endAll())
  }

  /** Removes all that is known of requests for a key, by a site, or of all. */
  forget(what: Subject): Promise<void> {
    return this.#service.forget(what)
  }

  /** Takes over what other gateways have changed. `isWhole`: these are all rows there are. */
  follow(rows: PairingRows & { readonly isWhole: boolean }): void {
    this.#service.follow(rows)
  }

  /** Writes what could not be written while the database was away. */
  onDatabaseBack(): void {
    this.#finishLater(this.#service.onDatabaseBack())
  }

  /** Ends the requests that nobody else can answer, and waits for keys that are being withdrawn. */
  async close(): Promise<void> {
    await this.#service.close()
    await Promise.all(this.#working)
  }

  /** Answers a request of an app. Returns undefined if pairing is off: the route then does not exist. */
  answer(request: AppRequest): Promise<AppAnswer | Refusal> | AppAnswer | undefined {
    const isOn = this.#options.isOn()
    if (!isOn && request.device !== null) return undefined
    if (request.route === 'about') return about(request, this.#options.version, isOn)
    if (request.route === 'openapi') return openApi(request, this.#options.version)
    return isOn ? this.#orBusy(this.#answerOpen(request)) : undefined
  }

  /** The app may try again when the database is back. */
  #orBusy(answer: Promise<AppAnswer | Refusal> | AppAnswer): Promise<AppAnswer | Refusal> | AppAnswer {
    if (!(answer instanceof Promise)) return answer
    return answer.catch((error: unknown) => {
      if (!(error instanceof PersonError)) throw error
      // Not logged, because callers without a key could fill the log. The store says when it loses its database.
      return tryLater()
    })
  }

  #answerOpen(request: AppRequest): Promise<AppAnswer | Refusal> | AppAnswer {
    switch (request.route) {
      case 'about':
      case 'openapi':
      case 'metadata':
        return metadata(request)
      case 'verification':
        return this.#pages.message(request, 200, 'compare')
      case 'device':
        return this.#withForm(request, (form) => this.#device.authorize(request, form))
      case 'token':
        return this.#withForm(request, (form) => this.#token(request, form))
      case 'authorize':
        return this.#withQuery(request, (query) => this.#code.page(request, askOf(query)))
      case 'openrouter-authorize':
        return this.#withQuery(request, (query) => this.#code.page(request, openRouterAsk(query)))
      case 'openrouter-keys':
        return openRouterKey(request, this.#code)
    }
  }

  #withForm(request: AppRequest, answer: (form: Form) => Promise<AppAnswer | Refusal> | AppAnswer) {
    if (!isForm(request.contentType))
      return oauthError('invalid_request', 'The content type must be application/x-www-form-urlencoded.')
    const form = readForm(request.body)
    return 'repeated' in form ? oauthError('invalid_request', `The form has ${form.repeated} twice.`) : answer(form)
  }

  #withQuery(
    request: AppRequest,
    answer: (query: Form) => Promise<AppAnswer | Refusal>,
  ): Promise<AppAnswer | Refusal> | AppAnswer {
    const query = readForm(request.query)
    // With two redirect addresses it is unknown where the answer may go.
    return 'repeated' in query ? this.#pages.message(request, 400, 'elsewhere') : answer(query)
  }

  #token(request: AppRequest, form: Form): Promise<AppAnswer | Refusal> | AppAnswer {
    const grant = form.get('grant_type')
    if (grant === DEVICE_GRANT) return this.#device.token(request, form)
    if (grant === undefined) return oauthError('invalid_request', 'grant_type is missing.')
    if (grant !== 'authorization_code')
      return oauthError('unsupported_grant_type', `Use ${DEVICE_GRANT} or authorization_code.`)
    const [code, verifier, redirectUri] = [form.get('code'), form.get('code_verifier'), form.get('redirect_uri')]
    if (code === undefined || verifier === undefined || redirectUri === undefined)
      return oauthError('invalid_request', 'code, code_verifier or redirect_uri is missing.')
    return this.#code.token(request, { code, verifier, redirectUri, clientId: form.get('client_id') }, invalidGrant)
  }

  #finishLater(work: Promise<void>): void {
    const mine = work
      .catch((err: unknown) => this.#options.log.warn({ err }, 'could not finish an app’s request for a key'))
      .finally(() => this.#working.delete(mine))
    this.#working.add(mine)
  }
}

function askOf(query: Form) {
  return {
    redirectUri: query.get('redirect_uri'),
    responseType: query.get('response_type'),
    clientId: query.get('client_id'),
    claim: query.get('client_name') ?? query.get('client_id') ?? '',
    state: query.get('state'),
    challenge: query.get('code_challenge'),
    challengeMethod: query.get('code_challenge_method'),
  }
}
