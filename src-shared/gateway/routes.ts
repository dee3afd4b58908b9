import type { Scope } from '../keys/scopes.ts'
import {
  COPY_FIELDS,
  CREATE_FIELDS,
  DELETE_FIELDS,
  type FieldTable,
  modelFieldsOf,
  PULL_FIELDS,
  PUSH_FIELDS,
  SHOW_FIELDS,
} from '../upstreams/manage-fields.ts'

/** Groups of routes, for scopes and for the usage report. */
export type RouteClass = 'chat' | 'models' | 'manage' | 'account' | 'own' | 'unknown'

/** Where the answer has its token counts (see gateway/meter). */
export type MeterShape =
  | 'ollama'
  | 'ollama-embed'
  | 'openai'
  | 'openai-embed'
  | 'openai-responses'
  | 'anthropic'
  | 'none'

/** `ollama`: `models` with `model` or `name`. `openai`: `data` with `id`. */
export type ModelListShape = 'ollama' | 'openai'

export interface Route {
  readonly methods: readonly string[]
  /** An exact path; a final `:name` stands for one or more whole segments. */
  readonly path: string
  readonly class: RouteClass
  readonly meter: MeterShape
  /** Body fields that name the models of the request. */
  readonly modelFields: readonly string[]
  /**
   * For a route that manages models: every known body field. A key with a list of models gets a refusal for any other
   * field.
   */
  readonly fields?: FieldTable
  /** Body fields with models that may run in Ollama's cloud, or about which the cloud is asked. */
  readonly cloudFields?: readonly string[]
  /** True if the body's `tools` can contain tools that the server runs itself, such as a web search. */
  readonly serverTools?: true
  /** True if the route sends what the client says to the internet. */
  readonly goesOut?: true
  /** For a route that lists models: the shape of the list. A key sees only its own models. */
  readonly lists?: ModelListShape
  /** True if the last part of the path names the model. */
  readonly modelInPath?: true
  /** True if the body has no size limit, such as a model's file. */
  readonly unbounded?: true
  /** True if the body is multipart form data instead of JSON. */
  readonly form?: true
  /** For Latchkey's own routes: the scope that the route requires. Absent: every key may use it for its own data. */
  readonly needs?: Scope
  /** A second scope that covers the route, because `ollama` commands of that scope need it (cmd/cmd.go). */
  readonly alsoFor?: Scope
}

/** Routes that Latchkey answers itself. Ollama has no routes below these paths or with the prefix of the first two. */
export const USAGE_PATH = '/latchkey/usage'
export const KEY_PATH = '/latchkey/key'
export const METRICS_PATH = '/metrics'
/** Latchkey answers these without a key. */
export const HEALTH_PATH = '/healthz'
export const READY_PATH = '/readyz'

const READ: readonly string[] = ['GET', 'HEAD']
const NO_MODEL: readonly string[] = []
const MODEL = ['model'] as const
const USES_MODEL = { modelFields: MODEL, cloudFields: MODEL }

/**
 * Every route Latchkey knows. Sources: Ollama's server/routes.go (GenerateRoutes) and its middleware/, August 2026;
 * /v1/images/generations existed only in builds of January to July 2026. Keys without the scope `all` cannot use any
 * other route.
 */
const ROUTE_TABLE = [
  // chat (inference)
  { methods: ['POST'], path: '/api/generate', class: 'chat', meter: 'ollama', ...USES_MODEL },
  { methods: ['POST'], path: '/api/chat', class: 'chat', meter: 'ollama', ...USES_MODEL },
  { methods: ['POST'], path: '/api/embed', class: 'chat', meter: 'ollama-embed', ...USES_MODEL },
  { methods: ['POST'], path: '/api/embeddings', class: 'chat', meter: 'none', ...USES_MODEL },
  { methods: ['POST'], path: '/v1/chat/completions', class: 'chat', meter: 'openai', ...USES_MODEL, serverTools: true },
  { methods: ['POST'], path: '/v1/completions', class: 'chat', meter: 'openai', ...USES_MODEL },
  { methods: ['POST'], path: '/v1/embeddings', class: 'chat', meter: 'openai-embed', ...USES_MODEL },
  {
    methods: ['POST'],
    path: '/v1/responses',
    class: 'chat',
    meter: 'openai-responses',
    ...USES_MODEL,
    serverTools: true,
  },
  { methods: ['POST'], path: '/v1/messages', class: 'chat', meter: 'anthropic', ...USES_MODEL, serverTools: true },
  { methods: ['POST'], path: '/v1/audio/transcriptions', class: 'chat', meter: 'none', ...USES_MODEL, form: true },
  { methods: ['POST'], path: '/v1/images/generations', class: 'chat', meter: 'none', ...USES_MODEL },
  // models (read)
  // Every command of `ollama` requests this first, to check that the server runs.
  { methods: ['GET', 'HEAD'], path: '/', class: 'models', meter: 'none', modelFields: NO_MODEL, alsoFor: 'manage' },
  { methods: ['GET', 'HEAD'], path: '/api/version', class: 'models', meter: 'none', modelFields: NO_MODEL },
  {
    methods: ['GET', 'HEAD'],
    path: '/api/tags',
    class: 'models',
    meter: 'none',
    modelFields: NO_MODEL,
    lists: 'ollama',
  },
  { methods: ['GET'], path: '/api/status', class: 'models', meter: 'none', modelFields: NO_MODEL },
  { methods: ['GET'], path: '/api/ps', class: 'models', meter: 'none', modelFields: NO_MODEL, lists: 'ollama' },
  { methods: ['GET'], path: '/v1/models', class: 'models', meter: 'none', modelFields: NO_MODEL, lists: 'openai' },
  {
    methods: ['GET'],
    path: '/v1/models/:model',
    class: 'models',
    meter: 'none',
    modelFields: NO_MODEL,
    modelInPath: true,
  },
  {
    methods: ['GET'],
    path: '/api/experimental/model-recommendations',
    class: 'models',
    meter: 'none',
    modelFields: NO_MODEL,
  },
  {
    methods: ['POST'],
    path: '/api/show',
    class: 'models',
    meter: 'none',
    ...fieldsOf(SHOW_FIELDS),
    cloudFields: modelFieldsOf(SHOW_FIELDS),
  },
  // Older versions of `ollama create` request this before they send a blob.
  {
    methods: ['HEAD'],
    path: '/api/blobs/:digest',
    class: 'models',
    meter: 'none',
    modelFields: NO_MODEL,
    alsoFor: 'manage',
  },
  // manage
  { methods: ['POST'], path: '/api/pull', class: 'manage', meter: 'none', ...fieldsOf(PULL_FIELDS) },
  { methods: ['POST'], path: '/api/push', class: 'manage', meter: 'none', ...fieldsOf(PUSH_FIELDS) },
  {
    methods: ['POST'],
    path: '/api/create',
    class: 'manage',
    meter: 'none',
    ...fieldsOf(CREATE_FIELDS),
    cloudFields: ['from'],
  },
  { methods: ['POST'], path: '/api/copy', class: 'manage', meter: 'none', ...fieldsOf(COPY_FIELDS) },
  {
    methods: ['POST'],
    path: '/api/blobs/:digest',
    class: 'manage',
    meter: 'none',
    modelFields: NO_MODEL,
    unbounded: true,
  },
  { methods: ['DELETE'], path: '/api/delete', class: 'manage', meter: 'none', ...fieldsOf(DELETE_FIELDS) },
  // Latchkey's own
  { methods: READ, path: USAGE_PATH, class: 'own', meter: 'none', modelFields: NO_MODEL },
  { methods: READ, path: KEY_PATH, class: 'own', meter: 'none', modelFields: NO_MODEL },
  { methods: READ, path: METRICS_PATH, class: 'own', meter: 'none', modelFields: NO_MODEL, needs: 'usage' },
  // account and network: only with `all`, except the request that `ollama push` sends first (cmd/cmd.go, PushHandler)
  { methods: ['POST'], path: '/api/me', class: 'account', meter: 'none', modelFields: NO_MODEL, alsoFor: 'manage' },
  { methods: ['POST'], path: '/api/signout', class: 'account', meter: 'none', modelFields: NO_MODEL },
  {
    methods: ['POST'],
    path: '/api/experimental/web_search',
    class: 'account',
    meter: 'none',
    modelFields: NO_MODEL,
    goesOut: true,
  },
  {
    methods: ['POST'],
    path: '/api/experimental/web_fetch',
    class: 'account',
    meter: 'none',
    modelFields: NO_MODEL,
    goesOut: true,
  },
  { methods: ['DELETE'], path: '/api/user/keys/:key', class: 'account', meter: 'none', modelFields: NO_MODEL },
] as const satisfies readonly Route[]

/** The paths of the table, as types: the console has a name for each. */
export type RoutePath = (typeof ROUTE_TABLE)[number]['path']
export const ROUTES: readonly Route[] = ROUTE_TABLE

function fieldsOf(fields: FieldTable): Pick<Route, 'fields' | 'modelFields'> {
  return { fields, modelFields: modelFieldsOf(fields) }
}

/** By path, then by method. Every request looks up a route, so the two are not concatenated. */
const EXACT = new Map<string, Map<string, Route>>()
const PATTERNS: { prefix: string; route: Route; method: string }[] = []
for (const route of ROUTES) {
  const colon = route.path.indexOf(':')
  for (const method of route.methods) {
    if (colon < 0) EXACT.set(route.path, (EXACT.get(route.path) ?? new Map<string, Route>()).set(method, route))
    else PATTERNS.push({ prefix: route.path.slice(0, colon), route, method })
  }
}

/** The route with exactly this path. undefined if no route matches literally. */
export function exactRoute(method: string, path: string): Route | undefined {
  return EXACT.get(path)?.get(method)
}

/** The route of a normalised path; undefined for an unknown route. */
export function findRoute(method: string, path: string): Route | undefined {
  const exact = exactRoute(method, path)
  if (exact !== undefined) return exact
  return PATTERNS.find((one) => one.method === method && path.startsWith(one.prefix) && path.length > one.prefix.length)
    ?.route
}

/** The shape of the model list at a path, for any method, because a list must never go out unfiltered. */
export function modelListAt(path: string): ModelListShape | undefined {
  return EXACT.get(path)?.get('GET')?.lists
}

/** True if any method has a route at this path. */
export function isKnownPath(path: string): boolean {
  return EXACT.has(path) || PATTERNS.some(({ prefix }) => path.startsWith(prefix) && path.length > prefix.length)
}

/** The methods of one of Latchkey's own paths; empty if the path does not exist. */
export function methodsOf(path: string): readonly string[] {
  return OPEN.includes(path) ? READ : [...(EXACT.get(path)?.keys() ?? [])]
}

/** True if a path is Latchkey's own or below one. Latchkey never forwards such a path. */
export function isOwnPath(path: string): boolean {
  return OWN.some((own) => path === own || path.startsWith(`${own}/`))
}
const OPEN: readonly string[] = [HEALTH_PATH, READY_PATH]
const OWN = ['/latchkey', METRICS_PATH, ...OPEN, '/favicon.ico']

/** True if these scopes cover a route; undefined means an unknown route. */
export function scopesCover(scopes: readonly Scope[], route: Route | undefined): boolean {
  if (scopes.includes('all')) return true
  if (route?.alsoFor !== undefined && scopes.includes(route.alsoFor)) return true
  switch (route?.class) {
    case 'chat':
    case 'models':
    case 'manage':
      return scopes.includes(route.class)
    case 'own':
      return route.needs === undefined || scopes.includes(route.needs)
    default:
      return false
  }
}
