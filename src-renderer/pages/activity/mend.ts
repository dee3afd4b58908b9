import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Remedy } from '#shared/gateway/refusal-table.ts'
import { remedyOf } from '#shared/gateway/refusals.ts'
import type { Key, KeyPatch } from '#shared/keys/key.ts'
import { OTHER } from '#shared/records/recorded-text.ts'
import { taskOf } from '../../parts/exchange-text.ts'
import { missingScope } from '../../parts/missing-scope.ts'
import { text } from '../../text/text.ts'

/** What one button can do so that such a request comes through. */
export type Mend =
  | { kind: 'allowOrigin'; origin: string }
  | { kind: 'changeKey'; key: Key; patch: KeyPatch; label: string }
  | { kind: 'resume' | 'checkUpstream' | 'openKeys' | 'connect' | 'copyAddress' }

type MendOf = (exchange: Exchange, key: Key | undefined, siteName: string) => Mend | null

const connect: MendOf = () => ({ kind: 'connect' })
const openKeys: MendOf = () => ({ kind: 'openKeys' })
const copyAddress: MendOf = () => ({ kind: 'copyAddress' })
const checkUpstream: MendOf = () => ({ kind: 'checkUpstream' })
const allowOrigin: MendOf = ({ origin }) => (isNamed(origin) ? { kind: 'allowOrigin', origin } : null)

/** How this page does what the table of refusals names as the remedy. */
const MENDS: { readonly [R in Remedy]: MendOf } = {
  allowOrigin,
  addOrigin: ({ origin }, key, siteName) => {
    if (!isNamed(origin) || key?.origins == null) return null
    return changeKey(
      key,
      { origins: [...key.origins, origin] },
      text.activity.mends.addOrigin({ key: key.name, site: siteName }),
    )
  },
  addModel: ({ model }, key) => {
    if (!isNamed(model) || key?.models == null) return null
    return changeKey(key, { models: [...key.models, model] }, text.activity.mends.addModel({ key: key.name, model }))
  },
  addEndpoint: ({ route }, key) => {
    if (!route.startsWith('/') || route.includes(':') || key?.endpoints == null) return null
    const label = text.activity.mends.addEndpoint({ key: key.name, task: taskOf({ route }) })
    return changeKey(key, { endpoints: [...key.endpoints, route] }, label)
  },
  addScope: ({ routeClass }, key) => {
    if (key === undefined) return null
    const scope = missingScope(routeClass)
    const label = text.activity.mends.addScope({ key: key.name, scope: text.words.scopes[scope] })
    return changeKey(key, { scopes: [...key.scopes, scope] }, label)
  },
  allowInUrl: (_, key) =>
    key === undefined
      ? openKeys(_, key, '')
      : changeKey(key, { allowInUrl: true }, text.activity.mends.allowInUrl({ key: key.name })),
  allowOnline: (_, key) =>
    key === undefined ? null : changeKey(key, { online: true }, text.activity.mends.allowOnline({ key: key.name })),
  allowOtherApps: (_, key) =>
    key === undefined ? null : changeKey(key, { app: null }, text.activity.mends.allowOtherApps({ key: key.name })),
  enableKey: openKeys,
  openKeys,
  giveKey: connect,
  copyAddress,
  resume: () => ({ kind: 'resume' }),
  checkUpstream,
}

/** The button for an exchange that did not come through; null where only the app can do something. */
export function mendOf(exchange: Exchange, keys: readonly Key[], siteName: string): Mend | null {
  const key = keys.find(({ id }) => id === exchange.keyId)
  const remedy = remedyOf(exchange.reason)
  return remedy === null ? null : MENDS[remedy](exchange, key, siteName)
}

/** Nothing can be allowed that is only known as one of many. */
function isNamed(value: string | null): value is string {
  return value !== null && value !== OTHER
}

function changeKey(key: Key, patch: KeyPatch, label: string): Mend {
  return { kind: 'changeKey', key, patch, label }
}
