import type { AccessRequest, Refusal } from '#shared/gateway/decisions.ts'
import { type Route, type RouteClass, scopesCover } from '#shared/gateway/routes.ts'
import type { Key } from '#shared/keys/key.ts'
import { isLinkAppId, LINK_APPS, linkAppName } from '#shared/keys/link-apps.ts'
import { modelMatcher } from '#shared/upstreams/model-names.ts'

/** A key's lists, compiled when the key is loaded or changed, so that a request needs only look-ups. */
export interface KeyRules {
  readonly mayUsePath: (path: string) => boolean
  /** null: any origin that is not blocked. */
  readonly origins: ReadonlySet<string> | null
  readonly mayUseModel: (model: string) => boolean
  /** The only app that may use the key; null: any. */
  readonly app: AppRule | null
}

interface AppRule {
  readonly refusal: Refusal
  /** null if nothing tells the app's requests from others. */
  readonly userAgent: RegExp | null
}

export function compileRules(key: Key): KeyRules {
  return {
    mayUsePath: key.endpoints === null ? () => true : pathMatcher(key.endpoints),
    origins: key.origins === null ? null : new Set(key.origins),
    mayUseModel: key.models === null ? () => true : modelMatcher(key.models),
    app: key.app === null ? null : appRule(key.app),
  }
}

function appRule(id: string): AppRule {
  return {
    refusal: { refused: 'other_app', detail: linkAppName(id) },
    userAgent: isLinkAppId(id) ? LINK_APPS[id].userAgent : null,
  }
}

/** Checks a request against the key: app, scope, endpoints, then origins. Returns null if the key allows it. */
export function refusalByKey(
  key: Key,
  rules: KeyRules,
  { route, path, origin, userAgent }: AccessRequest,
): Refusal | null {
  if (rules.app?.userAgent?.test(userAgent ?? '') === false || rules.app?.userAgent === null) return rules.app.refusal
  if (!scopesCover(key.scopes, route))
    return { refused: 'scope_missing', detail: ACTIVITIES[route?.class ?? 'unknown'] }
  // Uses the route's path from the table. The raw path could contain anything, and this text is shown and recorded.
  if (!rules.mayUsePath(path)) return { refused: 'endpoint_not_allowed', detail: route?.path ?? 'this address' }
  if (rules.origins !== null && !mayComeFrom(rules.origins, origin, route)) return { refused: 'origin_not_allowed' }
  return null
}

const ACTIVITIES: Record<RouteClass, string> = {
  chat: 'chat',
  models: 'list and show models',
  manage: 'download, create and delete models',
  account: 'use Ollama’s account and web search',
  own: 'read usage',
  unknown: 'use an address that Latchkey does not know',
}

/** `prefix/*` matches whole segments below the prefix: `/v1/*` matches neither `/v1` nor `/v10/chat`. */
function pathMatcher(endpoints: readonly string[]): (path: string) => boolean {
  const exact = new Set(endpoints.filter((endpoint) => !endpoint.endsWith('/*')))
  const prefixes = endpoints.filter((endpoint) => endpoint.endsWith('/*')).map((endpoint) => endpoint.slice(0, -1))
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
}

/**
 * An extension with host permission sends no Origin on GET (facts.md, measured). So a request without an Origin header
 * is allowed only if it can do no more than list models. Otherwise a key for certain sites must not work from a script.
 */
export function mayComeFrom(origins: ReadonlySet<string>, origin: string | null, route: Route | undefined): boolean {
  if (origin !== null) return origins.has(origin)
  // Latchkey's own routes return only the key's own data.
  const isAboutItself = route?.class === 'own' && route.needs === undefined
  if (route?.class !== 'models') return isAboutItself
  return route.methods.every((method) => method === 'GET' || method === 'HEAD')
}
