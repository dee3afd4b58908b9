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

/** What a route does, for scopes and for the usage report. */
export type RouteClass = 'chat' | 'models' | 'manage' | 'account' | 'own' | 'unknown'

/** Where the answer of a route carries its token counts (see gateway/meter). */
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
  /** The names in the body that say which models the request touches. */
  readonly modelFields: readonly string[]
  /** Every field of the body, for a route that manages models: any other is refused to a key with a list of models. */
  readonly fields?: FieldTable
  /** Names in the body of models that may be Ollama's cloud's: it is asked about them, or they run there. */
  readonly cloudFields?: readonly string[]
  /** Whether the body's `tools` may have some that the server runs itself, such as a web search. */
  readonly serverTools?: true
  /** Whether the route is there to go out to the network with what the client says. */
  readonly goesOut?: true
  /** The shape of the answer where it is a list of models, of which a key sees only its own. */
  readonly lists?: ModelListShape
  /** Whether the path itself names the model, as its last part. */
  readonly modelInPath?: true
  /** Whether the body may be of any size: a model's file. */
  readonly unbounded?: true
  /** Whether the body is a form (multipart) rather than JSON. */
  readonly form?: true
  /** For a route of Latchkey's own: the scope without which nobody gets it. Absent: every key does, for itself. */
  readonly needs?: Scope
  /** A scope whose own commands of `ollama` need the route, besides the scope of its class (cmd/cmd.go). */
  readonly alsoFor?: Scope
}

/** Routes that Latchkey answers itself. Ollama has none below these, and none that begins like the first two. */
export const USAGE_PATH = '/latchkey/usage'
export const KEY_PATH = '/latchkey/key'
export const METRICS_PATH = '/metrics'
/** Answered by Latchkey without a key. */
export const HEALTH_PATH = '/healthz'

const READ: readonly string[] = ['GET', 'HEAD']
const NO_MODEL: readonly string[] = []
const MODEL = ['model'] as const
const USES_MODEL = { modelFields: MODEL, cloudFields: MODEL }

/**
 * Every route Latchkey knows. Sources: Ollama's server/routes.go (GenerateRoutes) and its middleware/, August 2026;
 * /v1/images/generations was in builds of January to July 2026 only. What is not here is denied to every key without
 * the scope `all`.
 */
export const ROUTES: readonly Route[] = [
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
  // Every command of `ollama` asks it first whether the server is there.
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
  // `ollama create` of older versions asks it before it sends a blob.
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
  // account and network: only with `all`, but for what `ollama push` asks first (cmd/cmd.go, PushHandler)
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
]

function fieldsOf(fields: FieldTable): Pick<Route, 'fields' | 'modelFields'> {
  return { fields, modelFields: modelFieldsOf(fields) }
}

/** By path, then by method: looked up for every request, and so without putting the two together. */
const EXACT = new Map<string, Map<string, Route>>()
const PATTERNS: { prefix: string; route: Route; method: string }[] = []
for (const route of ROUTES) {
  const colon = route.path.indexOf(':')
  for (const method of route.methods) {
    if (colon < 0) EXACT.set(route.path, (EXACT.get(route.path) ?? new Map<string, Route>()).set(method, route))
    else PATTERNS.push({ prefix: route.path.slice(0, colon), route, method })
  }
}

/** The route whose path is exactly this one; undefined where the path of a route has a part that varies. */
export function exactRoute(method: string, path: string): Route | undefined {
  return EXACT.get(path)?.get(method)
}

/** The route of a normalised path, or undefined for one that Latchkey does not know. */
export function findRoute(method: string, path: string): Route | undefined {
  const exact = exactRoute(method, path)
  if (exact !== undefined) return exact
  return PATTERNS.find((one) => one.method === method && path.startsWith(one.prefix) && path.length > one.prefix.length)
    ?.route
}

/** The list of models that a path answers with, whatever the method: a list must never pass unfiltered. */
export function modelListAt(path: string): ModelListShape | undefined {
  return EXACT.get(path)?.get('GET')?.lists
}

/** Whether a path has a route for any method. */
export function isKnownPath(path: string): boolean {
  return EXACT.has(path) || PATTERNS.some(({ prefix }) => path.startsWith(prefix) && path.length > prefix.length)
}

/** The methods of a path of Latchkey's own; none where there is nothing. */
export function methodsOf(path: string): readonly string[] {
  return path === HEALTH_PATH ? READ : [...(EXACT.get(path)?.keys() ?? [])]
}

/** Whether a path belongs to Latchkey, with all that is below it: nothing there is ever the upstream's. */
export function isOwnPath(path: string): boolean {
  return OWN.some((own) => path === own || path.startsWith(`${own}/`))
}
const OWN = ['/latchkey', METRICS_PATH, HEALTH_PATH, '/favicon.ico']

/** Whether these scopes cover a route; undefined stands for a route that Latchkey does not know. */
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
