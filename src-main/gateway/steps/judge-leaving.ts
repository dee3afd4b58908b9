import { isRefusal, type Refusal } from '#shared/gateway/decisions.ts'
import type { Route } from '#shared/gateway/routes.ts'
import type { Key, OnlineWish } from '#shared/keys/key.ts'
import { namesCloudModel } from '#shared/upstreams/model-names.ts'
import type { Place } from '#shared/upstreams/remote-models.ts'
import { judgeFormModels } from '../body/form-model.ts'
import { type WhatLeaves, whatLeaves } from '../body/what-leaves.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { refuse } from '../refuse.ts'
import { ANSWERED, type StepResult, type StepServices } from './step.ts'

/*
 * A key without `online` stays on this computer. Nothing is sent on that makes Ollama use a model of its cloud or of
 * another computer, search the web, or ask its cloud about a model. Pulling and pushing models, and asking who is signed
 * in, are what the scope `manage` is for: they carry no prompt.
 */

export const MODEL_PATH = '/v1/models/:model'

type Services = Pick<StepServices, 'access' | 'remote'>

const CLOUD_MODEL: Refusal = {
  refused: 'stays_local',
  detail: 'this model runs in Ollama’s cloud or on another computer',
}
const WEB: Refusal = { refused: 'stays_local', detail: 'this request has Ollama use the web' }
const NEW_MODEL: Refusal = {
  refused: 'stays_local',
  detail: 'the new model would run in Ollama’s cloud or on another computer',
}

/** What the head alone says. */
export function leavesByHead(context: ExchangeContext): Refusal | undefined {
  const { route } = context
  if (route?.goesOut) return WEB
  // Ollama asks its cloud about such a name.
  if (route?.path === MODEL_PATH) return namesCloudModel(pathModel(context.path)) ? CLOUD_MODEL : undefined
  // Go's form reader lets the query win over the form.
  return route?.form && new URLSearchParams(context.query).has('model') ? { refused: 'ambiguous_model' } : undefined
}

/** What the body says. Waits only where the upstream must be asked about a model. */
export function judgeLeaving(
  context: ExchangeContext,
  plain: Buffer,
  services: Services,
): StepResult | Promise<StepResult> {
  const route = context.route as Route
  const leaving = route.form ? leavingForm(plain, context) : whatLeaves(plain, route)
  if (isRefusal(leaving)) return leaving
  const { models, web, elsewhere } = leaving
  if (web) return stay(context, services, 'web', WEB)
  if (elsewhere) return NEW_MODEL
  const cloud = models.find(namesCloudModel)
  if (cloud !== undefined) return stayFrom(cloud, context, services)
  // Only what is used may run elsewhere: Ollama tells about such a model without leaving this computer.
  return route.class === 'chat' ? judgePlaces(models, context, services) : undefined
}

function leavingForm(plain: Buffer, context: ExchangeContext): WhatLeaves | Refusal {
  const judged = judgeFormModels(plain, context.headers['content-type'] ?? '')
  return isRefusal(judged) ? judged : { models: judged.models, web: false, elsewhere: false }
}

/** Most requests name one model, of which it is known where it runs: then nobody waits. */
function judgePlaces(
  models: readonly string[],
  context: ExchangeContext,
  services: Services,
  from = 0,
): StepResult | Promise<StepResult> {
  for (let at = from; at < models.length; at++) {
    const model = models[at] as string
    const place = services.remote.placeOf(model, context.config.upstream)
    if (place instanceof Promise) {
      return place.then(
        (found) => judgePlace(found, model, context, services) ?? judgePlaces(models, context, services, at + 1),
      )
    }
    const ended = judgePlace(place, model, context, services)
    if (ended !== undefined) return ended
  }
  return undefined
}

function judgePlace(place: Place, model: string, context: ExchangeContext, services: Services): StepResult {
  if (place === 'here') return undefined
  if (place === 'elsewhere') return stayFrom(model, context, services)
  if (context.isOver) return ANSWERED
  // Where the upstream does not say where its models run, it would not answer either.
  context.model = model
  refuse(context, { refused: 'upstream_unreachable' }, true)
  return ANSWERED
}

function stayFrom(model: string, context: ExchangeContext, services: Services): Refusal {
  context.model = model
  if (context.route?.class !== 'chat') return context.route?.class === 'manage' ? NEW_MODEL : CLOUD_MODEL
  return stay(context, services, 'model', CLOUD_MODEL)
}

function stay(context: ExchangeContext, { access }: Services, wish: OnlineWish, refusal: Refusal): Refusal {
  access.askOnline(context.key as Key, wish)
  return refusal
}

export function pathModel(path: string): string {
  return decodeURIComponent(path.slice('/v1/models/'.length))
}
