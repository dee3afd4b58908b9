import { HEALTH_PATH, KEY_PATH, METRICS_PATH, READY_PATH, USAGE_PATH } from '#shared/gateway/routes.ts'
import { PAIRING_ROUTES, type PairingRouteName } from '#shared/pairing/pairing-routes.ts'
import { PERIODS } from '#shared/usage/usage.ts'
import { refTo, type SchemaName } from './schemas.ts'

export interface Operation {
  readonly path: string
  readonly methods: readonly string[]
  readonly spec: object
}

const READ: readonly string[] = ['GET', 'HEAD']
const FORM = 'application/x-www-form-urlencoded'

/** Every route that Latchkey answers itself, with its OpenAPI operation. A pairing route without one does not compile. */
export function operations(): Operation[] {
  const ofPairing = PAIRING_ROUTES.map(({ name, path, methods }) => ({ path, methods, spec: pairingSpecs()[name] }))
  return [...ownOperations(), ...ofPairing]
}

function ownOperations(): Operation[] {
  const period = { name: 'period', in: 'query', schema: { type: 'string', enum: PERIODS, default: 'month' } }
  const only = (name: string, description: string) => ({ name, in: 'query', description, schema: { type: 'string' } })
  const read = (path: string, spec: object) => ({ path, methods: READ, spec })
  return [
    read('/', open('Whether Ollama answers, as Ollama itself says it', { 200: text('`Ollama is running`') })),
    read(HEALTH_PATH, open('The state for monitors', { 200: json('Always with this status', 'Health') })),
    read(
      READY_PATH,
      open('Whether this gateway takes requests, for balancers', {
        200: json('It does', 'Ready'),
        503: json('It does not, and why', 'Ready'),
      }),
    ),
    read(KEY_PATH, { summary: 'What the key of this request may do', responses: keyed(json('The key', 'Key')) }),
    read(USAGE_PATH, {
      summary: 'The tokens that were used',
      description:
        'A key sees its own usage; with the scope `usage` or `all`, that of its person’s keys, or of all keys if the person is the owner or an admin.',
      parameters: [
        period,
        only('user_id', 'Only the usage of this person; `removed` for persons who were removed'),
        only('key_id', 'Only the usage of this key'),
      ],
      responses: keyed(json('In the format of LocalAI', 'Usage')),
    }),
    read(METRICS_PATH, {
      summary: 'Metrics for Prometheus; needs the scope `usage` and a key of the owner or an admin',
      responses: keyed(text('In the text format of Prometheus')),
    }),
  ]
}

function pairingSpecs(): Record<PairingRouteName, object> {
  return {
    about: open('What Latchkey is, and where an app asks for a key', { 200: json('Public', 'About') }),
    openapi: open('This document', { 200: { description: 'OpenAPI 3.1', content: { 'application/json': {} } } }),
    metadata: open('Authorization server metadata, RFC 8414', { 200: json('Public', 'AuthorizationServer') }),
    device: open(
      'Ask for a key with a code to compare, RFC 8628 section 3.1',
      asked(json('Show `user_code`, then poll the token route', 'DeviceCode')),
      body(FORM, 'DeviceRequest'),
    ),
    verification: open('A page that tells the person where to compare the code', { 200: page() }),
    authorize: open('Ask for a key in a browser, RFC 6749 section 4.1 with PKCE', browserAnswers(), {
      parameters: [
        query('response_type', true, { const: 'code' }),
        query('client_id', true),
        query('client_name', false),
        query('redirect_uri', true),
        query('state', false),
        query('code_challenge', true),
        query('code_challenge_method', true, { const: 'S256' }),
      ],
    }),
    token: open(
      'Fetch the key, RFC 8628 section 3.4 and RFC 6749 section 4.1.3',
      asked(json('The key, once', 'Token')),
      body(FORM, 'TokenRequest'),
    ),
    'openrouter-authorize': open('Ask for a key in a browser, as at OpenRouter', browserAnswers(), {
      parameters: [
        query('callback_url', true),
        query('code_challenge', true),
        query('code_challenge_method', true, { const: 'S256' }),
      ],
    }),
    'openrouter-keys': open(
      'Fetch the key, as at OpenRouter',
      {
        200: json('The key, once', 'OpenRouterKey'),
        400: json('Not the right body', 'OpenRouterError'),
        403: json('Not a valid code', 'OpenRouterError'),
      },
      body('application/json', 'OpenRouterRequest'),
    ),
  }
}

/** Without a key. */
function open(summary: string, responses: object, more: object = {}): object {
  return { summary, security: [], ...more, responses: { default: json('A refusal', 'Error'), ...responses } }
}

function asked(answer: object): object {
  return { 200: answer, 400: json('Not, or not yet', 'OAuthError'), default: json('A refusal', 'OAuthError') }
}

function keyed(answer: object): object {
  return { 200: answer, default: json('A refusal', 'Error') }
}

function json(description: string, name: SchemaName): object {
  return { description, content: { 'application/json': { schema: refTo(name) } } }
}

function text(description: string): object {
  return { description, content: { 'text/plain': { schema: { type: 'string' } } } }
}

function page(): object {
  return { description: 'A page for the person', content: { 'text/html': { schema: { type: 'string' } } } }
}

function browserAnswers(): object {
  return { 200: page(), 303: { description: 'Back to the app, with `code` or `error`' }, 400: page(), 403: page() }
}

function body(type: string, name: SchemaName): object {
  return { requestBody: { required: true, content: { [type]: { schema: refTo(name) } } } }
}

function query(name: string, required: boolean, schema: object = {}): object {
  return { name, in: 'query', required, schema: { type: 'string', ...schema } }
}
