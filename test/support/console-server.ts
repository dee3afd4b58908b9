import type { Invited } from '#shared/people/sign-in.ts'
import type { Caller } from '../../src-main/console-api/caller.ts'
import { type ConsoleServerOptions, openConsoleServer } from '../../src-main/console-server/console-server.ts'
import type { Proven, SignIn, Visitor } from '../../src-main/console-server/ports.ts'
import { PersonError } from '../../src-shared/text/person-error.ts'
import { openSessions } from './console-session.ts'
import { openRaw, type RawResponse } from './raw-http.ts'

export const ANNA = 'person_anna'
export const PASSWORD = 'correct horse'

/** Stands for sign-in: Anna has a password, and one provider sends everybody with the right flow back as Anna. */
export class SmallSignIn implements SignIn {
  /** Who asked, in order. */
  readonly visitors: Visitor[] = []
  answerOfProvider: Proven | 'waiting' = { personId: ANNA, method: 'oidc' }

  options: SignIn['options'] = () => ({ isOn: true, local: true, providers: [], registration: 'invite' })

  async password({ password }: { name: string; password: string }, visitor: Visitor): Promise<Proven> {
    this.visitors.push(visitor)
    if (password !== PASSWORD) throw refused()
    return { personId: ANNA, method: 'password' }
  }

  async passkeyOptions() {
    return { flow: 'flow', options: { challenge: 'challenge' } }
  }

  async passkey(): Promise<Proven> {
    throw refused()
  }

  async beginProvider({ provider }: { provider: string }) {
    return { url: `https://${provider}.example/authorize`, flow: 'flow-of-this-browser' }
  }

  async finishProvider({ flow, query }: { query: string; flow: string | undefined }) {
    if (flow !== 'flow-of-this-browser') throw refused()
    if (query.includes('fail')) throw new Error('the provider is broken')
    return this.answerOfProvider
  }

  async look(): Promise<Invited> {
    throw refused()
  }

  async joinOptions() {
    return { flow: 'flow', options: {} }
  }

  async join(): Promise<'waiting'> {
    return 'waiting'
  }
}

export function refused(): PersonError {
  return new PersonError('session_missing', 'This is not right.')
}

/** A console's server whose handler says who called it. */
export async function startConsoleServer(options: Partial<ConsoleServerOptions> = {}) {
  const opened = await openSessions()
  opened.persons.set(ANNA, { role: 'member', isActive: true })
  const signIn = new SmallSignIn()
  const callers: (Caller | null)[] = []
  const server = await openConsoleServer({
    port: 0,
    sessions: opened.sessions,
    signIn,
    storeId: '/data',
    catchUp: async () => undefined,
    isOwnName: () => false,
    outside: () => null,
    proxies: null,
    now: Date.now,
    log: { error: () => undefined },
    handler: async (_, caller) => {
      callers.push(caller)
      return new Response(REACHED)
    },
    ...options,
  })
  return { ...opened, signIn, callers, server, link: () => `${server.url}#token=${opened.sessions.issueToken()}` }
}

export const REACHED = 'reached the handler'

export interface Sent {
  readonly method?: string
  readonly path?: string
  /** Header lines as sent; Host, Content-Length and Connection are added. */
  readonly lines?: readonly string[]
  readonly body?: string
  readonly host?: string
}

/** One request on a connection of its own. */
export async function ask(port: number, { method = 'GET', path = '/', lines = [], body = '', host }: Sent) {
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host ?? `127.0.0.1:${port}`}`,
    ...lines,
    ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    'Connection: close',
  ]
  const connection = await openRaw(port)
  connection.send(`${head.join('\r\n')}\r\n\r\n${body}`)
  const response = await connection.readResponse(method)
  connection.close()
  return response
}

export function codeOf({ body }: Pick<RawResponse, 'body'>): unknown {
  return (JSON.parse(body) as { error?: { code: string } }).error?.code
}
