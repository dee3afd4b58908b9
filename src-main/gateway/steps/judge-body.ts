import { isRefusal, type Refusal } from '#shared/decisions.ts'
import type { Key } from '#shared/key.ts'
import { LONGEST_MODEL } from '#shared/recorded-text.ts'
import type { Route } from '#shared/routes.ts'
import { askForUsage, isAmbiguous } from '../body/ask-usage.ts'
import { decodeBody } from '../body/decode-body.ts'
import { judgeFormModels } from '../body/form-model.ts'
import { judgeModels, MODEL_TOO_LONG } from '../body/judged-models.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { HELD_LIMIT, type HeldBodies, type NotHeld } from '../held-bodies.ts'
import type { Access } from '../ports.ts'
import { readBody } from '../request-body.ts'
import type { Step, StepServices } from './step.ts'

const MEBIBYTE = 1024 * 1024
/** The largest a compressed body may grow to; Ollama's own cap. */
const DECODED_LIMIT = 20 * MEBIBYTE
const MODEL_PATH = '/v1/models/:model'
const NOT_HELD: Readonly<Record<NotHeld, Refusal>> = {
  too_large: tooLarge(HELD_LIMIT),
  no_room: { refused: 'gateway_busy', retryAfter: 5 },
}

type Services = Pick<StepServices, 'access' | 'bodies'>

/** Reads the body where a rule needs it whole: for keys with a list of models, and to ask a stream for its usage. */
export const judgeBody: Step = (context, services) => {
  const key = context.key as Key
  if (context.route?.path === MODEL_PATH && pathModel(context.path).length > LONGEST_MODEL) return MODEL_TOO_LONG
  if (key.models !== null) return judgeModelsOf(context, key, services)
  const meter = context.route?.meter ?? 'none'
  if (meter === 'openai') {
    return key.tokensPerDay === null ? askIfPossible(context, services.bodies) : askInAnyCase(context, services.bodies)
  }
  // What it may use is estimated by its body.
  return meter !== 'none' && key.tokensPerDay !== null ? holdIfPossible(context, services.bodies) : undefined
}

function judgeModelsOf(
  context: ExchangeContext,
  key: Key,
  services: Services,
): Refusal | undefined | Promise<Refusal | undefined> {
  const { route } = context
  // What Latchkey does not know it cannot judge.
  if (route === undefined) return { refused: 'model_not_allowed' }
  // Go's form reader lets the query win over the form, so a query could name another model than the one judged.
  if (route.form && context.query !== '') return { refused: 'ambiguous_model' }
  if (route.path === MODEL_PATH) return judgeNames([pathModel(context.path)], context, key, services.access)
  return route.modelFields.length === 0 ? undefined : judgeBodyModels(context, route, key, services)
}

async function judgeBodyModels(
  context: ExchangeContext,
  route: Route,
  key: Key,
  { access, bodies }: Services,
): Promise<Refusal | undefined> {
  const plain = await holdPlainBody(context, bodies)
  if (isRefusal(plain)) return plain
  const judged = route.form
    ? judgeFormModels(plain, context.headers['content-type'] ?? '')
    : judgeModels(plain, route.modelFields, route.fields)
  if (isRefusal(judged)) return judged
  const refusal = judgeNames(judged.models, context, key, access)
  if (refusal !== undefined) return refusal
  context.body = plain
  return route.meter === 'openai' ? askInBody(context, plain) : undefined
}

/** What is compressed, too large to hold or without room is streamed as it is, and its usage stays unknown. */
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

/** A key with a budget of tokens could else go around it, by a body in which nobody can ask for the usage. */
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
  const allowed = models.length > 0 && models.every((model) => access.mayUseModel(key, model))
  return allowed ? undefined : { refused: 'model_not_allowed' }
}

/** The body as it is judged, which is as it is sent: never the compressed form, which another decoder may read otherwise. */
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
  if (context.key?.tokensPerDay !== null && isAmbiguous(body))
    return { refused: 'bad_body', detail: 'it says in two ways whether it streams' }
  const asking = askForUsage(body)
  context.askedForUsage = asking !== undefined
  context.body = asking ?? body
  return undefined
}

function pathModel(path: string): string {
  return decodeURIComponent(path.slice('/v1/models/'.length))
}

function tooLarge(limit: number): Refusal {
  return { refused: 'body_too_large', detail: `${limit / MEBIBYTE} MB` }
}
