import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { SIGN_IN_API, type SignInOutput, type SignInRoute } from '#shared/console-api/sign-in-api.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import type { Log } from '../base/log.ts'
import { answerError, ConsoleError } from '../console-api/console-error.ts'
import { answerJson } from '../console-api/json-answer.ts'
import { readInput } from '../console-api/request-input.ts'
import type { AttemptLimits } from './attempt-limits.ts'
import type { Proven, SignIn, Visitor, Waiting } from './ports.ts'
import { PLAIN_HEADERS, refusalResponse, TOO_MANY_ATTEMPTS } from './refusal.ts'

/** Somebody who is not signed in, and what their browser can be given. */
export interface Visit {
  readonly visitor: Visitor
  /** The headers that open a session, which replaces the one that the browser had. */
  openSession(proven: Proven): Promise<[name: string, value: string][]>
  /** The header that keeps a sign-in at a provider in the browser. */
  keepFlow(flow: string): [name: string, value: string]
}

export interface SignInRoutesOptions {
  readonly signIn: SignIn
  readonly attempts: AttemptLimits
  readonly log: Pick<Log, 'error'>
}

interface SignInEnv {
  Bindings: { readonly visit: Visit }
}

type Parsed<R extends SignInRoute> = z.output<(typeof SIGN_IN_API)[R]['input']>
/** What a row answers, and the headers that go with it. */
interface Answer<R extends SignInRoute> {
  readonly output: SignInOutput<R>
  readonly headers?: readonly [name: string, value: string][]
}
type Rows = { readonly [R in SignInRoute]: (input: Parsed<R>, visit: Visit) => Promise<Answer<R>> }

/** A registration by passkey needs 10 KB. */
const LONGEST_BODY = 64 * 1024
/** It costs nothing, and pages ask it whenever they load. */
const UNLIMITED: SignInRoute = 'GET /api/sign-in'

/** Answers the rows of `SIGN_IN_API`. The caller has checked where the request comes from. */
export function createSignInRoutes({ signIn, attempts, log }: SignInRoutesOptions) {
  const app = new Hono<SignInEnv>()
  const rows = rowsOf(signIn)
  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(PLAIN_HEADERS)) context.res.headers.set(name, value)
  })
  app.onError((error, context) => {
    attempts.failed(context.env.visit.visitor.address)
    return answerError(error, context, log)
  })
  app.notFound((context) =>
    answerError(
      new ConsoleError(404, 'not_found', 'Latchkey could not find this. It may have been deleted.'),
      context,
      log,
    ),
  )
  for (const route of Object.keys(SIGN_IN_API) as SignInRoute[]) {
    const [method = '', path = ''] = route.split(' ')
    app.on(method, path, async (context) => {
      const { address } = context.env.visit.visitor
      if (route !== UNLIMITED && !attempts.begin(address)) return refusalResponse(TOO_MANY_ATTEMPTS)
      return answerRow(route, rows, context)
    })
  }
  return async (request: Request, visit: Visit): Promise<Response> => app.fetch(request, { visit })
}

async function answerRow<R extends SignInRoute>(
  route: R,
  rows: Rows,
  context: Context<SignInEnv, string>,
): Promise<Response> {
  const { input: schema, output: allowed } = SIGN_IN_API[route]
  const input = parseInput(schema, await readInput(context.req, LONGEST_BODY)) as Parsed<R>
  const { output, headers = [] } = await rows[route](input, context.env.visit)
  for (const [name, value] of headers) context.header(name, value, { append: true })
  return answerJson(context, allowed, output)
}

function rowsOf(signIn: SignIn): Rows {
  return {
    'GET /api/sign-in': async () => ({ output: signIn.options() }),
    'POST /api/sign-in/password': async (given, visit) => entered(await signIn.password(given, visit.visitor), visit),
    'POST /api/sign-in/passkey/options': async (_, { visitor }) => ({ output: await signIn.passkeyOptions(visitor) }),
    'POST /api/sign-in/passkey': async (given, visit) => entered(await signIn.passkey(given, visit.visitor), visit),
    async 'POST /api/sign-in/provider'(asked, visit) {
      const { url, flow } = await signIn.beginProvider(asked, visit.visitor)
      return { output: { url }, headers: [visit.keepFlow(flow)] }
    },
    'POST /api/join/look': async ({ code }, { visitor }) => ({ output: await signIn.look(code, visitor) }),
    'POST /api/join/passkey/options': async (asked, { visitor }) => ({
      output: await signIn.joinOptions(asked, visitor),
    }),
    async 'POST /api/join'(join, visit) {
      const outcome = await signIn.join(join, visit.visitor)
      return isWaiting(outcome) ? { output: { next: 'waiting' } } : entered(outcome, visit)
    },
  }
}

async function entered(proven: Proven, visit: Visit) {
  return { output: { next: 'console' as const }, headers: await visit.openSession(proven) }
}

export function isWaiting(outcome: Proven | Waiting): outcome is Waiting {
  return outcome === 'waiting'
}
