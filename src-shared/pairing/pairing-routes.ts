/**
 * The routes by which an app asks for a key. They require no key. They answer programs and pages on this computer, and
 * those marked `forDevices` also other devices, over TLS.
 */
export const PAIRING_ROUTES = [
  /** Describes Latchkey and the available routes. On this computer it also answers while pairing is off. */
  { name: 'about', path: '/.well-known/latchkey', methods: ['GET', 'HEAD'], takes: 'nothing', forDevices: true },
  /** OpenAPI 3.1, of all routes that Latchkey answers itself. Answers also while pairing is off, and names the version. */
  { name: 'openapi', path: '/latchkey/openapi.json', methods: ['GET', 'HEAD'], takes: 'nothing', forDevices: false },
  /** RFC 8414. */
  {
    name: 'metadata',
    path: '/.well-known/oauth-authorization-server',
    methods: ['GET', 'HEAD'],
    takes: 'nothing',
    forDevices: true,
  },
  /** RFC 8628 section 3.1: the app asks and shows a code. */
  { name: 'device', path: '/latchkey/device_authorization', methods: ['POST'], takes: 'form', forDevices: true },
  /** Tells a person who opens it where to compare the code. */
  { name: 'verification', path: '/latchkey/device', methods: ['GET'], takes: 'navigation', forDevices: true },
  /** RFC 6749 section 4.1 with RFC 7636: the app opens this address in a browser. */
  { name: 'authorize', path: '/latchkey/authorize', methods: ['GET'], takes: 'navigation', forDevices: true },
  /** RFC 8628 section 3.4 and RFC 6749 section 4.1.3: the app fetches its key. */
  { name: 'token', path: '/latchkey/token', methods: ['POST'], takes: 'form', forDevices: true },
  /** The same flow with OpenRouter's parameters (https://openrouter.ai/docs/use-cases/oauth-pkce). */
  { name: 'openrouter-authorize', path: '/auth', methods: ['GET'], takes: 'navigation', forDevices: true },
  { name: 'openrouter-keys', path: '/api/v1/auth/keys', methods: ['POST'], takes: 'json', forDevices: true },
] as const satisfies readonly {
  readonly name: string
  readonly path: string
  readonly methods: readonly string[]
  readonly takes: 'nothing' | 'form' | 'json' | 'navigation'
  readonly forDevices: boolean
}[]

export type PairingRoute = (typeof PAIRING_ROUTES)[number]
export type PairingRouteName = PairingRoute['name']

const BY_PATH = new Map<string, PairingRoute>(PAIRING_ROUTES.map((route) => [route.path, route]))

/** The pairing route at a path, whatever the method. */
export function pairingRouteAt(path: string): PairingRoute | undefined {
  return BY_PATH.get(path)
}
