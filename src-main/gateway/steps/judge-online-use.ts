import { isRefusal, type Refusal } from '#shared/gateway/decisions.ts'
import type { Route } from '#shared/gateway/routes.ts'
import type { Key, OnlineFeature } from '#shared/keys/key.ts'
import { namesCloudModel } from '#shared/upstreams/model-names.ts'
import type { ModelLocation } from '#shared/upstreams/remote-models.ts'
import { judgeFormModels } from '../body/form-model.ts'
import { type OnlineUse, onlineUseOf } from '../body/online-use.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { refuse } from '../refuse.ts'
import { ANSWERED, type StepResult, type StepServices } from './step.ts'

/*
 * A key without `online` stays on this computer. Latchkey forwards nothing that makes Ollama use a model of its cloud
 * or of another computer, search the web, or ask its cloud about a model. Pulling and pushing models, and asking who is
 * signed in, belong to the scope `manage`: they send no prompt.
 */

export const MODEL_PATH = '/v1/models/:model'

type Services = Pick<StepServices, 'access' | 'remote'>

const CLOUD_MODEL: Refusal = {
  refused: 'stays_local',
  detail: 'this model runs in Ollama’s cloud or on another computer',
}
const WEB: Refusal = { refused: 'stays_local', detail: 'this request makes Ollama use the web' }
const NOT_ONLINE: Refusal = { refused: 'person_not_allowed', detail: 'use cloud models or web search' }
const NEW_MODEL: Refusal = {
  refused: 'stays_local',
  detail: 'the new model would run in Ollama’s cloud or on another computer',
}

/** Judges the online use that the head shows. */
export function judgeOnlineUseByHead(context: ExchangeContext): Refusal | undefined {
  const { route } = context
  if (route?.goesOut) return byWhom(context, WEB)
  // Ollama asks its cloud about such a name.
  if (route?.path === MODEL_PATH)
    return namesCloudModel(pathModel(context.path)) ? byWhom(context, CLOUD_MODEL) : undefined
  // In Go's form reader the query overrides the form.
  return route?.form && new URLSearchParams(context.query).has('model') ? { refused: 'ambiguous_model' } : undefined
}

/** Judges the online use in the body. Waits only if the upstream must be asked about a model. */
export function judgeOnlineUse(
  context: ExchangeContext,
  plain: Buffer,
  services: Services,
): StepResult | Promise<StepResult> {
  const route = context.route as Route
  const use = route.form ? onlineUseOfForm(plain, context) : onlineUseOf(plain, route)
  if (isRefusal(use)) return use
  const { models, web, remote } = use
  if (web) return stay(context, services, 'web', WEB)
  if (remote) return byWhom(context, NEW_MODEL)
  const cloud = models.find(namesCloudModel)
  if (cloud !== undefined) return refuseModel(cloud, context, services)
  // Only models that a request uses matter. Describing a remote model sends nothing away from this computer.
  return route.class === 'chat' ? judgeLocations(models, context, services) : undefined
}

function onlineUseOfForm(plain: Buffer, context: ExchangeContext): OnlineUse | Refusal {
  const judged = judgeFormModels(plain, context.headers['content-type'] ?? '')
  return isRefusal(judged) ? judged : { models: judged.models, web: false, remote: false }
}

/** Most requests name one model with a known location, and then this does not wait. */
function judgeLocations(
  models: readonly string[],
  context: ExchangeContext,
  services: Services,
  from = 0,
): StepResult | Promise<StepResult> {
  for (let at = from; at < models.length; at++) {
    const model = models[at] as string
    const location = services.remote.locationOf(model, context.config.upstream)
    if (location instanceof Promise) {
      return location.then(
        (found) => judgeLocation(found, model, context, services) ?? judgeLocations(models, context, services, at + 1),
      )
    }
    const ended = judgeLocation(location, model, context, services)
    if (ended !== undefined) return ended
  }
  return undefined
}

function judgeLocation(
  location: ModelLocation,
  model: string,
  context: ExchangeContext,
  services: Services,
): StepResult {
  if (location === 'local') return undefined
  if (location === 'remote') return refuseModel(model, context, services)
  if (context.isOver) return ANSWERED
  // If the upstream does not report where its models run, it would not answer the request either.
  context.model = model
  refuse(context, { refused: 'upstream_unreachable' }, true)
  return ANSWERED
}

function refuseModel(model: string, context: ExchangeContext, services: Services): Refusal {
  context.model = model
  const isManage = context.route?.class === 'manage'
  if (context.route?.class !== 'chat') return byWhom(context, isManage ? NEW_MODEL : CLOUD_MODEL)
  return stay(context, services, 'model', CLOUD_MODEL)
}

function stay(context: ExchangeContext, { access }: Services, feature: OnlineFeature, refusal: Refusal): Refusal {
  // A change of the key alone would not help.
  if (context.bounds?.personOnline !== false) access.askOnline(context.key as Key, feature)
  return byWhom(context, refusal)
}

/** The refusal, or that of the key's person if they may not go online. */
function byWhom({ bounds }: ExchangeContext, refusal: Refusal): Refusal {
  return bounds?.personOnline === false ? NOT_ONLINE : refusal
}

export function pathModel(path: string): string {
  return decodeURIComponent(path.slice('/v1/models/'.length))
}
