import type { Remedy } from '#shared/gateway/refusal-table.ts'
import type { RouteClass } from '#shared/gateway/routes.ts'
import type { Scope } from '#shared/keys/scopes.ts'
import { OTHER } from '#shared/records/recorded-text.ts'
import { call } from '../../api/client.ts'
import { text } from '../../text/text.ts'
import { taskOf } from '../exchanges/exchange-text.ts'
import { siteNameOf } from '../origins/origin-name.ts'
import { checkUpstream } from '../upstream/upstream-check.ts'
import { allowOrigin } from './allow-origin.ts'
import { changeKey, openKeys, withValue } from './change-key.ts'
import type { RemedyAction, RemedyContext } from './remedy-action.ts'

type ActionFor = (context: RemedyContext) => RemedyAction | null

/** The action for each remedy; null where no button can help. A remedy without an action does not compile. */
const REMEDY_ACTIONS: { readonly [R in Remedy]: ActionFor } = {
  allowOrigin: (context) => {
    const origin = context.exchange?.origin
    return isNamed(origin) ? allowOrigin(origin, context) : null
  },
  addOrigin: (context) => {
    const origin = context.exchange?.origin
    if (!isNamed(origin)) return null
    const site = siteNameOf(origin, context.origins)
    return changeKey(context, 'origins', ({ name, origins }) => ({
      value: withValue(origins, origin),
      label: text.remedies.addOrigin({ key: name, site }),
    }))
  },
  addModel: (context) => {
    const model = context.exchange?.model
    if (!isNamed(model)) return null
    return changeKey(context, 'models', ({ name, models }) => ({
      value: withValue(models, model),
      label: text.remedies.addModel({ key: name, model }),
    }))
  },
  addEndpoint: (context) => {
    const route = context.exchange?.route ?? ''
    if (!route.startsWith('/') || route.includes(':')) return null
    return changeKey(context, 'endpoints', ({ name, endpoints }) => ({
      value: withValue(endpoints, route),
      label: text.remedies.addEndpoint({ key: name, task: taskOf({ route }) }),
    }))
  },
  addScope: (context) => {
    const scope = missingScope(context.exchange?.routeClass)
    return changeKey(context, 'scopes', ({ name, scopes }) => ({
      value: scopes.includes('all') || scopes.includes(scope) ? scopes : [...scopes, scope],
      label: text.remedies.addScope({ key: name, scope: text.words.scopes[scope] }),
    }))
  },
  allowInUrl: (context) =>
    changeKey(context, 'allowInUrl', ({ name }) => ({
      value: true,
      label: text.remedies.allowInUrl({ key: name }),
    })),
  allowOnline: (context) =>
    changeKey(context, 'online', ({ name }) => ({ value: true, label: text.remedies.allowOnline({ key: name }) })),
  allowOtherApps: (context) =>
    changeKey(context, 'app', ({ name }) => ({ value: null, label: text.remedies.allowOtherApps({ key: name }) })),
  enableKey: (context) =>
    changeKey(context, 'enabled', ({ name }) => ({ value: true, label: text.remedies.enableKey({ key: name }) })),
  openKeys: ({ secret }) => openKeys(secret),
  giveKey: (context) => {
    const { address, secret } = context
    if (secret === null) return { kind: 'open', label: text.remedies.newKey, href: '/connect' }
    if (address.includes(secret)) return copyAddress(context)
    return { kind: 'copy', label: text.remedies.copyKey, what: text.connect.key, value: secret }
  },
  copyAddress,
  resume: ({ paused }) =>
    paused ? { kind: 'perform', label: text.remedies.resume, perform: resume } : { kind: 'done' },
  checkUpstream: () => ({ kind: 'perform', label: text.remedies.checkUpstream, perform: checkUpstream }),
}

/** The action for a remedy; null if there is no remedy or no button can help. */
export function remedyAction(remedy: Remedy | null, context: RemedyContext): RemedyAction | null {
  return remedy === null ? null : REMEDY_ACTIONS[remedy](context)
}

function copyAddress({ address, secret }: RemedyContext): RemedyAction {
  const label = text.remedies.copyAddress
  // A label never shows a secret, and the address can contain it.
  const shown = secret === null ? text.shell.labelled({ label, what: address }) : label
  return { kind: 'copy', label: shown, what: text.connect.address, value: address }
}

async function resume(): Promise<null> {
  await call('PATCH /api/settings', { paused: false })
  return null
}

/** Records use one name for all values beyond the daily bound, so no such value can be allowed. */
function isNamed(value: string | null | undefined): value is string {
  return value != null && value !== OTHER
}

/** The narrowest scope that covers a route of this class; `all` if no other scope does. */
function missingScope(routeClass: RouteClass | undefined): Scope {
  return routeClass === 'chat' || routeClass === 'models' || routeClass === 'manage' ? routeClass : 'all'
}
