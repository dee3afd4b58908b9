import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { PairingChoice, PairingRequest } from '#shared/pairing/pairing.ts'
import { sha256 } from '../../src-main/pairing/secrets.ts'
import type { TestGateway } from '../support/gateway.ts'

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** The device grant as an app speaks it; `headers` are added to each request. */
export class DeviceApp {
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly clientId: string
  deviceCode = ''

  constructor(url: string, { clientId = 'an app', ...headers }: { clientId?: string; [header: string]: string } = {}) {
    this.#url = url
    this.clientId = clientId
    this.#headers = headers
  }

  async ask(more: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const reply = await this.post('/latchkey/device_authorization', { client_id: this.clientId, ...more })
    const { device_code: deviceCode } = reply.body
    if (typeof deviceCode === 'string') this.deviceCode = deviceCode
    return reply
  }

  poll(deviceCode = this.deviceCode): Promise<Reply> {
    return this.post('/latchkey/token', { grant_type: DEVICE_GRANT, client_id: this.clientId, device_code: deviceCode })
  }

  async post(path: string, form: Readonly<Record<string, string>> | string): Promise<Reply> {
    const answer = await fetch(this.#url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...this.#headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: JSON.parse(text) as Record<string, unknown> }
  }
}

/** The code grant as an app speaks it. */
export class CodeApp {
  readonly verifier = randomBytes(32).toString('base64url')
  readonly redirectUri: string
  readonly clientId: string
  readonly #url: string

  constructor(url: string, { redirectUri = 'http://127.0.0.1:4321/back', clientId = 'an app' } = {}) {
    this.#url = url
    this.redirectUri = redirectUri
    this.clientId = clientId
  }

  /** The address that the app opens. */
  address(more: Readonly<Record<string, string>> = {}): URL {
    const address = new URL('/latchkey/authorize', this.#url)
    address.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      code_challenge: sha256(this.verifier),
      code_challenge_method: 'S256',
      state: 'its state',
      ...more,
    }).toString()
    return address
  }

  /** The code, after the person has approved. */
  async code(): Promise<string> {
    const { headers } = await load(this.address())
    return new URL(headers.location ?? 'nowhere:').searchParams.get('code') ?? ''
  }

  fetchKey(code: string, more: Readonly<Record<string, string>> = {}, headers = {}): Promise<Reply> {
    const form = { code, code_verifier: this.verifier, redirect_uri: this.redirectUri, client_id: this.clientId }
    return new DeviceApp(this.#url, headers).post('/latchkey/token', {
      grant_type: 'authorization_code',
      ...form,
      ...more,
    })
  }
}

export interface Loaded {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Opens an address as a browser does: `fetch` would say that a script asks. */
export async function load(address: URL, headers: Readonly<Record<string, string>> = {}): Promise<Loaded> {
  const [answer] = (await once(get(address, { headers }), 'response')) as [IncomingMessage]
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) text += piece as string
  return { status: answer.statusCode, headers: answer.headers, text }
}

/** The only open request. */
export function onlyRequest({ pairings }: Pick<TestGateway, 'pairings'>): PairingRequest {
  const [request, another] = pairings.list()
  if (request === undefined || another !== undefined) throw new Error('there is not exactly one request')
  return request
}

export function choiceOf({ id, code }: PairingRequest): PairingChoice {
  return { id, code }
}
