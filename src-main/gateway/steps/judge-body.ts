import { isRefusal, type Refusal } from '#shared/decisions.ts'
import type { Key } from '#shared/key.ts'
import type { Route } from '#shared/routes.ts'
import { askForUsage } from '../body/ask-usage.ts'
import { decodeBody } from '../body/decode-body.ts'
import { judgeFormModels } from '../body/form-model.ts'
import { judgeModels } from '../body/judged-models.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Access } from '../ports.ts'
import { readBody } from '../request-body.ts'
import type { Step } from './step.ts'

const MEBIBYTE = 1024 * 1024
/** The largest body that is held whole because a rule must read it. */
const HELD_LIMIT = 64 * MEBIBYTE
/** The largest a compressed body may grow to; Ollama's own cap. */
const DECODED_LIMIT = 20 * MEBIBYTE
const MODEL_PATH = '/v1/models/:model'

/** Reads the body where a rule needs it whole: for keys with a list of models, and to ask a stream for its usage. */
export const judgeBody: Step = (context, { access }) => {
  const key = context.key as Key
  if (key.models !== null) return judgeModelsOf(context, key, access)
  return wantsUsage(context) ? askUpstreamForUsage(context) : undefined
}

function judgeModelsOf(
  context: ExchangeContext,
  key: Key,
  access: Access,
): Refusal | undefined | Promise<Refusal | undefined> {
  const { route } = context
  // What Latchkey does not know it cannot judge.
  if (route === undefined) return { refused: 'model_not_allowed' }
  // Go's form reader lets the query win over the form, so a query could name another model than the one judged.
  if (route.form && context.query !== '') return { refused: 'ambiguous_model' }
  if (route.path === MODEL_PATH) return judgeNames([pathModel(context.path)], context, key, access)
  return route.modelFields.length === 0 ? undefined : judgeBodyModels(context, route, key, access)
}

async function judgeBodyModels(
  context: ExchangeContext,
  route: Route,
  key: Key,
  access: Access,
): Promise<Refusal | undefined> {
  const body = await holdBody(context)
  if (body === undefined) return tooLarge(HELD_LIMIT)
  const plain = await decodeBody(body, context.headers['content-encoding'] ?? 'identity', DECODED_LIMIT)
  if (isRefusal(plain)) return plain.refused === 'body_too_large' ? tooLarge(DECODED_LIMIT) : plain
  const judged = route.form
    ? judgeFormModels(plain, context.headers['content-type'] ?? '')
    : judgeModels(plain, route.modelFields, route.opaqueFields)
  if (isRefusal(judged)) return judged
  const refusal = judgeNames(judged.models, context, key, access)
  if (refusal !== undefined) return refusal
  // What was judged is what is sent: never the compressed form, which another decoder could read differently.
  context.headers['content-encoding'] = undefined
  context.body = wantsUsage(context) ? askingForUsage(context, plain) : plain
  return undefined
}

async function askUpstreamForUsage(context: ExchangeContext): Promise<undefined> {
  const body = await holdBody(context)
  // Too large to hold: it is streamed as it is, and its usage stays unknown.
  if (body !== undefined) context.body = askingForUsage(context, body)
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

function holdBody(context: ExchangeContext): Promise<Buffer | undefined> {
  if (Number(context.headers['content-length'] ?? 0) > HELD_LIMIT) return Promise.resolve(undefined)
  if (context.expectsContinue) context.response.writeContinue()
  context.expectsContinue = false
  return readBody(context.request, HELD_LIMIT)
}

function wantsUsage({ route, headers }: ExchangeContext): boolean {
  return route?.meter === 'openai' && headers['content-encoding'] === undefined
}

function askingForUsage(context: ExchangeContext, body: Buffer): Buffer {
  const asking = askForUsage(body)
  context.askedForUsage = asking !== undefined
  return asking ?? body
}

function pathModel(path: string): string {
  return decodeURIComponent(path.slice('/v1/models/'.length))
}

function tooLarge(limit: number): Refusal {
  return { refused: 'body_too_large', detail: `${limit / MEBIBYTE} MB` }
}
