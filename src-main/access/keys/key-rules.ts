import type { Ask, Refusal } from '#shared/gateway/decisions.ts'
import { type Route, type RouteClass, scopesCover } from '#shared/gateway/routes.ts'
import type { Key } from '#shared/keys/key.ts'
import { modelMatcher } from '#shared/upstreams/model-names.ts'

/** A key's lists, compiled once when it is loaded or changed, so that a request costs look-ups only. */
export interface KeyRules {
  readonly mayUsePath: (path: string) => boolean
  /** null: any origin that is not blocked. */
  readonly origins: ReadonlySet<string> | null
  readonly mayUseModel: (model: string) => boolean
}

export function compileRules(key: Key): KeyRules {
  return {
    mayUsePath: key.endpoints === null ? () => true : pathMatcher(key.endpoints),
    origins: key.origins === null ? null : new Set(key.origins),
    mayUseModel: key.models === null ? () => true : modelMatcher(key.models),
  }
}

/** What the key itself says of a request: scope, then endpoints, then origins. null when it says yes. */
export function refusalByKey(key: Key, rules: KeyRules, { route, path, origin }: Ask): Refusal | null {
  if (!scopesCover(key.scopes, route)) return { refused: 'scope_missing', detail: DEEDS[route?.class ?? 'unknown'] }
  // The route's own spelling: the raw path could carry anything, and this text is shown and recorded.
  if (!rules.mayUsePath(path)) return { refused: 'endpoint_not_allowed', detail: route?.path ?? 'this address' }
  if (rules.origins !== null && !mayComeFrom(rules.origins, origin, route)) return { refused: 'origin_not_allowed' }
  return null
}

const DEEDS: Record<RouteClass, string> = {
  chat: 'chat',
  models: 'list and show models',
  manage: 'download, create and delete models',
  account: 'use Ollama’s account and web search',
  own: 'read usage',
  unknown: 'use an address that Latchkey does not know',
}

/** `prefix/*` covers what is below the prefix, whole segments only: `/v1/*` is neither `/v1` nor `/v10/chat`. */
function pathMatcher(endpoints: readonly string[]): (path: string) => boolean {
  const exact = new Set(endpoints.filter((endpoint) => !endpoint.endsWith('/*')))
  const prefixes = endpoints.filter((endpoint) => endpoint.endsWith('/*')).map((endpoint) => endpoint.slice(0, -1))
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
}

/**
 * An extension with host permission sends no Origin on GET (facts.md, measured). So a request without one passes where
 * it can only read the list of models; anywhere else, a key made for certain sites must not work from a script.
 */
function mayComeFrom(origins: ReadonlySet<string>, origin: string | null, route: Route | undefined): boolean {
  if (origin !== null) return origins.has(origin)
  // What Latchkey itself tells a key is about that key.
  const isAboutItself = route?.class === 'own' && route.needs === undefined
  if (route?.class !== 'models') return isAboutItself
  return route.methods.every((method) => method === 'GET' || method === 'HEAD')
}
