import { isIPv6 } from 'node:net'
import { PersonError } from '#shared/text/person-error.ts'

const OLLAMA_PORT = '11434'
const ANY_ADDRESS = new Set(['', '0.0.0.0', '[::]'])

/** The address in canonical form, without a trailing slash. Throws a PersonError `upstream_invalid`. */
export function upstreamUrl(text: string): string {
  const url = spell(text)
  if (url !== undefined) return url
  throw new PersonError('upstream_invalid', 'The address of Ollama must look like http://127.0.0.1:11434.')
}

/**
 * Parses `OLLAMA_HOST` like Ollama (envconfig/config.go): removes surrounding quotes and spaces; the scheme is
 * optional; the default port is 11434, or the port of a given scheme. An address for "listen everywhere" becomes
 * loopback. undefined if it is empty or invalid.
 */
export function parseOllamaHost(value: string): string | undefined {
  const text = value
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim()
  if (text === '') return undefined
  const [, scheme, rest] = /^(?:(.*?):\/\/)?(.*)$/.exec(text) as unknown as [string, string | undefined, string]
  const slash = rest.indexOf('/')
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  const path = slash < 0 ? '' : rest.slice(slash)
  const { host, port } = splitHostPort(authority, defaultPort(scheme))
  return spell(`${scheme ?? 'http'}://${ANY_ADDRESS.has(host) ? loopbackFor(host) : host}:${port}${path}`)
}

function spell(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function defaultPort(scheme: string | undefined): string {
  if (scheme === 'http') return '80'
  return scheme === 'https' ? '443' : OLLAMA_PORT
}

/** Like Go's net.SplitHostPort. A missing or invalid port becomes the default. */
function splitHostPort(authority: string, fallback: string): { host: string; port: string } {
  const match = /^(\[[^\]]*\]|[^:[\]]*):([^:]*)$/.exec(authority)
  if (match === null) return { host: bracketed(authority), port: fallback }
  const [, host = '', port = ''] = match
  return { host, port: /^\d{1,5}$/.test(port) && Number(port) <= 65_535 ? port : fallback }
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}

function loopbackFor(host: string): string {
  return host === '[::]' ? '[::1]' : '127.0.0.1'
}
