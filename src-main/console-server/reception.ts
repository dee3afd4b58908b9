import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { SESSION_HEADER, SESSION_PATH } from '#shared/console-api/console-session.ts'
import { PROVIDER_RETURN_PATH } from '#shared/console-api/sign-in-api.ts'
import type { Log } from '../base/log.ts'
import type { Caller } from '../console-api/caller.ts'
import { readText } from '../console-api/request-input.ts'
import { AttemptLimits } from './attempt-limits.ts'
import { refuseConsoleRequest } from './console-guards.ts'
import type { TrustedProxies } from './forwarded.ts'
import { type Place, placeOf } from './places.ts'
import type { ConsoleSessions, FoundSession, Proven, SignIn, Visitor } from './ports.ts'
import { answerReturn } from './provider-return.ts'
import { type ConsoleRefusal, PLAIN_HEADERS, refusalResponse, SESSION_MISSING, TOO_MANY_ATTEMPTS } from './refusal.ts'
import { headerOf, isPage, pathOf, queryOf } from './request-head.ts'
import { RunningAnswers } from './running-answers.ts'
import { SessionCookies } from './session-cookies.ts'
import { createSignInRoutes, type Visit } from './sign-in-routes.ts'

export interface ReceptionOptions {
  /** The console's handler; the caller is null for somebody who gets only the renderer's files. */
  readonly handler: (request: Request, caller: Caller | null) => Promise<Response>
  readonly sessions: ConsoleSessions
  readonly signIn: SignIn
  /** Part of the cookies' names: the same at all gateways of a shared database, and different for other data. */
  readonly storeId: string
  /** Resolves when everything is known that other gateways had changed before. Never rejects. */
  readonly catchUp: () => Promise<void>
  /** True for a name or an address, as in a Host header, by which other devices reach this computer. */
  readonly isOwnName: (name: string) => boolean
  /** The origin of the setting `consoleUrl`, if that is an https address; else null. */
  readonly outside: () => string | null
  /** null: no proxy is believed. */
  readonly proxies: TrustedProxies | null
  readonly now: () => number
  readonly log: Pick<Log, 'error'>
}

const LONGEST_TOKEN_BODY = 1_024
const SIGN_IN_PATH = /^\/api\/(?:sign-in|join)(?:\/|$)/
const FLOW_SECONDS = 600
const RETURN_SECONDS = 120

/** A request that has passed the guards. */
interface Call {
  readonly request: Request
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly path: string
  readonly place: Place
}

/** Decides who calls: somebody with a session, somebody who signs in, or nobody, who gets only the renderer's files. */
export class Reception {
  readonly #options: ReceptionOptions
  readonly #port: number
  readonly #cookies: SessionCookies
  readonly #attempts: AttemptLimits
  readonly #running = new RunningAnswers()
  readonly #signIn: (request: Request, visit: Visit) => Promise<Response>
  readonly close: () => void

  constructor(options: ReceptionOptions, port: number) {
    const { signIn, now, log } = options
    this.#options = options
    this.#port = port
    this.#cookies = new SessionCookies(options.storeId)
    this.#attempts = new AttemptLimits(now)
    this.#signIn = createSignInRoutes({ signIn, attempts: this.#attempts, log })
    this.close = options.sessions.onEnded((id) => this.#running.end(id))
  }

  async answer(request: Request, incoming: IncomingMessage, outgoing: ServerResponse): Promise<Response> {
    const { isOwnName, outside, proxies, handler } = this.#options
    const place = placeOf(incoming, { port: this.#port, isOwnName, outside: outside(), proxies })
    if ('status' in place) return refusalResponse(place)
    const path = pathOf(incoming)
    const refusal = refuseConsoleRequest({ incoming, path, place })
    if (refusal !== undefined) return refusalResponse(refusal)
    if (isPage(path) && (incoming.method === 'GET' || incoming.method === 'HEAD')) return handler(request, null)
    return this.#answerApi({ request, incoming, outgoing, path, place })
  }

  async #answerApi(call: Call): Promise<Response> {
    const { request, incoming, outgoing, path, place } = call
    await this.#options.catchUp()
    if (path === SESSION_PATH) return this.#exchange(call)
    if (path.startsWith(`${PROVIDER_RETURN_PATH}/`) && incoming.method === 'GET') return this.#return(call)
    if (SIGN_IN_PATH.test(path)) return this.#signIn(request, this.#visitOf(call))
    const session = this.#sessionOf(call)
    if (session === undefined) return refusalResponse(SESSION_MISSING)
    const caller = callerOf(session, place)
    return this.#running.follow(session.id, outgoing, () => this.#options.handler(request, caller))
  }

  /** `POST /session` with `{ token }`: exchanges a one-time token for the session's two secrets. */
  async #exchange(call: Call): Promise<Response> {
    const { request, incoming, place } = call
    if (incoming.method !== 'POST') return refusalResponse(TOKEN_REFUSED)
    if (this.#attempts.isBlocked(place.address)) return refusalResponse(TOO_MANY_ATTEMPTS)
    // Anybody can send this, so the body has a small limit.
    const text = await readText(request, LONGEST_TOKEN_BODY).catch(() => '')
    const token = tokenSchema.safeParse(jsonOf(text)).data?.token ?? ''
    const proven = await this.#redeem(token, call)
    if (proven === undefined) {
      this.#attempts.failed(place.address)
      return refusalResponse(TOKEN_REFUSED)
    }
    const headers = new Headers(PLAIN_HEADERS)
    for (const [name, value] of await this.#open(proven, call)) headers.append(name, value)
    return new Response(null, { status: 204, headers })
  }

  /** Half of a token by which a browser returns from a provider is in a cookie. */
  async #redeem(token: string, { incoming, place }: Call): Promise<Proven | undefined> {
    const { sessions } = this.#options
    const rest = this.#cookies.read('flow', incoming, place)
    for (const whole of [token, ...rest.slice(0, 2).map((end) => token + end)]) {
      const proven = await sessions.redeem(whole)
      if (proven !== undefined) return proven
    }
    return undefined
  }

  #return({ incoming, path, place }: Call): Promise<Response> {
    const { signIn, sessions, log } = this.#options
    const [flow] = this.#cookies.read('flow', incoming, place)
    const setFlow = (value: string | null) =>
      this.#cookies.write(
        { kind: 'flow', value: value ?? '', sameSite: 'Strict', maxAge: value === null ? 0 : RETURN_SECONDS },
        place,
      )
    const visitor = visitorOf(incoming, place)
    const options = { signIn, sessions, attempts: this.#attempts, log }
    return answerReturn({ path, query: queryOf(incoming), flow, visitor, setFlow }, options)
  }

  #visitOf(call: Call): Visit {
    const { incoming, place } = call
    return {
      visitor: visitorOf(incoming, place),
      openSession: (proven) => this.#open(proven, call),
      keepFlow: (flow) => [
        'Set-Cookie',
        this.#cookies.write({ kind: 'flow', value: flow, sameSite: 'Lax', maxAge: FLOW_SECONDS }, place),
      ],
    }
  }

  /** A new session, never one that the browser brought: somebody else could have put that there. */
  async #open(proven: Proven, call: Call): Promise<[name: string, value: string][]> {
    const { incoming, place } = call
    const { sessions } = this.#options
    const before = this.#sessionOf(call)
    const { address, userAgent } = visitorOf(incoming, place)
    const { cookie, pageSecret, keptMs } = await sessions.open({ ...proven, device: userAgent, address })
    if (before !== undefined) await sessions.end(before.id, before.personId)
    const kept = keptMs === null ? {} : { maxAge: keptMs / 1000 }
    return [
      ['Set-Cookie', this.#cookies.write({ kind: 'session', value: cookie, sameSite: 'Strict', ...kept }, place)],
      [SESSION_HEADER, pageSecret],
    ]
  }

  #sessionOf({ incoming, place }: Call): FoundSession | undefined {
    const cookies = this.#cookies.read('session', incoming, place)
    return this.#options.sessions.find(cookies, headerOf(incoming, SESSION_HEADER))
  }
}

const tokenSchema = z.object({ token: z.string() })

const TOKEN_REFUSED: ConsoleRefusal = {
  status: 401,
  code: 'token_refused',
  message: 'This link was already used or has expired. Get a new one with: latchkey console',
}

function visitorOf(incoming: IncomingMessage, { address, origin }: Place): Visitor {
  return { address, userAgent: incoming.headers['user-agent'] ?? null, origin }
}

function callerOf({ id, personId, role, method }: FoundSession, { address, origin }: Place): Caller {
  const via = method === 'link' ? 'link' : 'sign-in'
  return { personId, role, via, sessionId: id, actor: 'console', address, origin }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
