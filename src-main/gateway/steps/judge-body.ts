import { type Bounds, isRefusal, type Refusal } from '#shared/gateway/decisions.ts'
import type { Route } from '#shared/gateway/routes.ts'
import type { Key } from '#shared/keys/key.ts'
import { MAX_MODEL_LENGTH } from '#shared/records/recorded-text.ts'
import { askForUsage, isAmbiguous } from '../body/ask-usage.ts'
import { decodeBody } from '../body/decode-body.ts'
import { judgeFormModels } from '../body/form-model.ts'
import { HELD_LIMIT, type HeldBodies, type NotHeld } from '../body/held-bodies.ts'
import { judgeModels, MODEL_TOO_LONG } from '../body/judged-models.ts'
import { readBody, readSmallBody } from '../client/request-body.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Access } from '../ports.ts'
import { judgeOnlineUse, judgeOnlineUseByHead, MODEL_PATH, pathModel } from './judge-online-use.ts'
import { ANSWERED, type Later, type Step, type StepResult, type StepServices } from './step.ts'

const MEBIBYTE = 1024 * 1024
/** Maximum size of a decompressed body; Ollama's own limit. */
const DECODED_LIMIT = 20 * MEBIBYTE
/** Less than each connection can buffer anyway. */
const SMALL_BYTES = 16 * 1024
const NOT_HELD: Readonly<Record<NotHeld, Refusal>> = {
  too_large: tooLarge(HELD_LIMIT),
  no_room: { refused: 'gateway_busy', retryAfter: 5 },
}

type Services = Pick<StepServices, 'access' | 'bodies' | 'remote'>

/**
 * Judges the models of a request. Reads the whole body if a rule of the key or its person needs it: for a list of models, for
 * keys that stay on this computer, and to ask a stream for its usage.
 */
export const judgeBody: Step = (context, services) => {
  const key = context.key as Key
  const bounds = context.bounds as Bounds
  noteChange(context, services)
  if (context.route?.path === MODEL_PATH && pathModel(context.path).length > MAX_MODEL_LENGTH) return MODEL_TOO_LONG
  const refusal = judgeHead(context, key, bounds, services)
  if (refusal !== undefined) return refusal
  if (mustRead(context, bounds)) return judgeHeldBody(context, context.route as Route, key, services)
  const meter = context.route?.meter ?? 'none'
  if (meter === 'openai') {
    return bounds.countsTokens ? askInAnyCase(context, services.bodies) : askIfPossible(context, services.bodies)
  }
  // The body is needed to estimate the tokens.
  return meter !== 'none' && bounds.countsTokens ? holdIfPossible(context, services.bodies) : undefined
}

function noteChange(context: ExchangeContext, { remote }: Services): void {
  if (context.route?.class !== 'manage') return
  context.changesModels = true
  remote.changing(1)
}

function judgeHead(context: ExchangeContext, key: Key, bounds: Bounds, services: Services): Refusal | undefined {
  const byList = bounds.listsModels ? refusalByList(context, key, services.access) : undefined
  return byList ?? (bounds.online ? undefined : judgeOnlineUseByHead(context))
}

function refusalByList(context: ExchangeContext, key: Key, access: Access): Refusal | undefined {
  const { route } = context
  // Latchkey cannot judge an unknown route.
  if (route === undefined) return { refused: 'model_not_allowed' }
  // In Go's form reader the query overrides the form, so a query could name another model than the judged one.
  if (route.form && context.query !== '') return { refused: 'ambiguous_model' }
  return route.path === MODEL_PATH ? judgeNames([pathModel(context.path)], context, key, access) : undefined
}

function mustRead({ route, hasBody }: ExchangeContext, bounds: Bounds): boolean {
  if (route === undefined) return false
  if (bounds.listsModels && route.modelFields.length > 0) return true
  return !bounds.online && hasBody && route.cloudFields !== undefined
}

function judgeHeldBody(
  context: ExchangeContext,
  route: Route,
  key: Key,
  services: Services,
): Promise<StepResult> | Later {
  const length = smallLength(context)
  if (length === undefined) return judgeLargeBody(context, route, key, services)
  context.askForBody()
  return (resume) =>
    readSmallBody(context.request, length, (body) => {
      // The exchange was refused or cut while the body arrived, so there is nothing more to decide.
      resume(context.isOver ? ANSWERED : judgePlainBody(context, body, route, key, services))
    })
}

/**
 * The length of a typical body: announced, too small to need reserved memory, and not compressed. undefined for other
 * bodies.
 */
function smallLength({ headers }: ExchangeContext): number | undefined {
  const length = Number(headers['content-length'] ?? 0)
  return length > 0 && length <= SMALL_BYTES && headers['content-encoding'] === undefined ? length : undefined
}

async function judgeLargeBody(
  context: ExchangeContext,
  route: Route,
  key: Key,
  services: Services,
): Promise<StepResult> {
  const plain = await holdPlainBody(context, services.bodies)
  return isRefusal(plain) ? plain : judgePlainBody(context, plain, route, key, services)
}

/** Waits only if the upstream must be asked about a model. */
function judgePlainBody(
  context: ExchangeContext,
  plain: Buffer,
  route: Route,
  key: Key,
  services: Services,
): StepResult | Promise<StepResult> {
  const { listsModels, online } = context.bounds as Bounds
  const refusal = listsModels ? judgeListed(context, plain, route, key, services.access) : undefined
  if (refusal !== undefined) return refusal
  const ended = online ? undefined : judgeOnlineUse(context, plain, services)
  if (ended instanceof Promise) return ended.then((result) => result ?? keep(context, plain, route))
  return ended ?? keep(context, plain, route)
}

function keep(context: ExchangeContext, plain: Buffer, route: Route): Refusal | undefined {
  context.body = plain
  return route.meter === 'openai' ? askInBody(context, plain) : undefined
}

function judgeListed(
  context: ExchangeContext,
  plain: Buffer,
  route: Route,
  key: Key,
  access: Access,
): Refusal | undefined {
  const judged = route.form
    ? judgeFormModels(plain, context.headers['content-type'] ?? '')
    : judgeModels(plain, route.modelFields, route.fields)
  return isRefusal(judged) ? judged : judgeNames(judged.models, context, key, access)
}

/**
 * Asks a stream for its usage if possible. A body that is compressed, too large or without room is streamed unchanged,
 * and its usage stays unknown.
 */
async function askIfPossible(context: ExchangeContext, bodies: HeldBodies): Promise<undefined> {
  if (context.headers['content-encoding'] !== undefined) return
  const body = await holdBody(context, bodies)
  if (typeof body !== 'string') askInBody(context, body)
}

async function holdIfPossible(context: ExchangeContext, bodies: HeldBodies): Promise<undefined> {
  if (context.headers['content-encoding'] !== undefined) return
  const body = await holdBody(context, bodies)
  if (typeof body !== 'string') context.body = body
}

/**
 * Asks for usage or refuses. Otherwise a key with a token budget could bypass it with a body to which the request for
 * usage cannot be added.
 */
async function askInAnyCase(context: ExchangeContext, bodies: HeldBodies): Promise<Refusal | undefined> {
  const plain = await holdPlainBody(context, bodies)
  return isRefusal(plain) ? plain : askInBody(context, plain)
}

function judgeNames(
  models: readonly string[],
  context: ExchangeContext,
  key: Key,
  access: Access,
): Refusal | undefined {
  context.model = models[0] ?? null
  const wrong = models.find((model) => !access.mayUseModel(key, model))
  return models.length > 0 && wrong === undefined ? undefined : access.modelRefusal(key, wrong)
}

/**
 * Holds the body in plain form, which is judged and sent. The compressed form is never sent, because another decoder
 * may read it differently.
 */
async function holdPlainBody(context: ExchangeContext, bodies: HeldBodies): Promise<Buffer | Refusal> {
  const body = await holdBody(context, bodies)
  if (typeof body === 'string') return NOT_HELD[body]
  const plain = await decodeBody(body, context.headers['content-encoding'] ?? 'identity', DECODED_LIMIT)
  if (isRefusal(plain)) return plain.refused === 'body_too_large' ? tooLarge(DECODED_LIMIT) : plain
  context.headers['content-encoding'] = undefined
  const refused = plain === body ? undefined : context.heldBody?.grow(plain.length)
  return refused === undefined ? plain : NOT_HELD[refused]
}

async function holdBody(context: ExchangeContext, bodies: HeldBodies): Promise<Buffer | NotHeld> {
  if (Number(context.headers['content-length'] ?? 0) > HELD_LIMIT) return 'too_large'
  context.askForBody()
  context.heldBody = bodies.open((context.key as Key).id)
  const body = await readBody(context.request, context.heldBody)
  if (typeof body === 'string') context.heldBody.release()
  return body
}

function askInBody(context: ExchangeContext, body: Buffer): Refusal | undefined {
  if (context.bounds?.countsTokens !== false && isAmbiguous(body))
    return { refused: 'bad_body', detail: 'it is ambiguous about streaming' }
  const asking = askForUsage(body)
  context.askedForUsage = asking !== undefined
  context.body = asking ?? body
  return undefined
}

function tooLarge(limit: number): Refusal {
  return { refused: 'body_too_large', detail: `${limit / MEBIBYTE} MB` }
}
