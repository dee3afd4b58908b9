// sample upstream: canned answers, no model. Refuses like Ollama, so that a person sees what Latchkey is for.
import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import type { SampleAnswer } from './sample-request.ts'

// Ollama's envconfig.AllowedOrigins: these hosts with any port, and these schemes.
const ALLOWED_ORIGIN =
  /^(?:https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::[^/]*)?|(?:app|file|tauri|vscode-webview|vscode-file):\/\/.*)$/

// Ollama's server/routes.go, corsConfig.AllowHeaders: a fixed list.
const STAINLESS = [
  'arch,async,custom-poll-interval,helper-method,lang,os,package-version,poll-helper',
  'retry-count,runtime,runtime-version,timeout',
]
const ALLOWED_HEADERS = [
  'Authorization,Content-Type,User-Agent,Accept,X-Requested-With,OpenAI-Beta',
  ...STAINLESS.join(',')
    .split(',')
    .map((name) => `x-stainless-${name}`),
].join(',')

/** The refusal or preflight answer that ends a request before its route; undefined if it may continue. */
export function guard(request: IncomingMessage): SampleAnswer | undefined {
  const origin = foreignOrigin(request)
  if (origin !== undefined && !ALLOWED_ORIGIN.test(origin)) return { status: 403, body: '' }
  if (origin !== undefined && request.method === 'OPTIONS') return preflight(origin)
  return hostAllowed(request.headers.host ?? '') ? undefined : { status: 403, body: '' }
}

/** CORS headers of a normal answer: like gin-contrib/cors, with the origin reflected. */
export function corsHeaders(request: IncomingMessage): Record<string, string> {
  const origin = foreignOrigin(request)
  return origin === undefined ? {} : { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' }
}

/** gin-contrib/cors ignores requests from the server's own origin. */
function foreignOrigin(request: IncomingMessage): string | undefined {
  const { origin, host } = request.headers
  if (origin === undefined || origin === '') return undefined
  return origin === `http://${host}` || origin === `https://${host}` ? undefined : origin
}

function preflight(origin: string): SampleAnswer {
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
      'Access-Control-Allow-Headers': ALLOWED_HEADERS,
      'Access-Control-Max-Age': '43200',
      Vary: 'Origin',
    },
    body: '',
  }
}

const PRIVATE_ADDRESS =
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0$|\[?::1\]?$|\[?::\]?$|\[?f[cd][0-9a-f]{2}:)/

// Ollama's allowedHostsMiddleware, for a listener on loopback.
function hostAllowed(host: string): boolean {
  const name = host.replace(/:\d*$/, '').toLowerCase()
  if (PRIVATE_ADDRESS.test(name)) return true
  if (name === '' || name === 'localhost' || name === hostname().toLowerCase()) return true
  return /\.(?:localhost|local|internal)$/.test(name)
}
