import type { IncomingMessage } from 'node:http'
import { SESSION_PATH } from '#shared/console-api/console-session.ts'

/** The path as the client sent it, without the query. */
export function pathOf(incoming: IncomingMessage): string {
  return (incoming.url ?? '').split('?')[0] ?? ''
}

/** The query as the client sent it, without the question mark. */
export function queryOf({ url = '' }: IncomingMessage): string {
  const at = url.indexOf('?')
  return at === -1 ? '' : url.slice(at + 1)
}

/** A repeated header counts as missing. */
export function headerOf(incoming: IncomingMessage, name: string): string | undefined {
  const [value, ...more] = valuesOf(incoming, name)
  return more.length === 0 ? value : undefined
}

/** The values of all lines of a header. node:http keeps only the first of some. */
export function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  const wanted = name.toLowerCase()
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === wanted)
}

/** The renderer's files, which are the same for everyone. Everything else needs a session, or opens one. */
export function isPage(path: string): boolean {
  return path !== SESSION_PATH && path !== '/api' && !path.startsWith('/api/')
}
