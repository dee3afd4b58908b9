import { isExtension } from '#shared/origins/origin.ts'

/** The kind of client: a browser extension, a web page, a page of this computer, an app with its own scheme. */
export type OriginKind = 'extension' | 'site' | 'local' | 'app' | 'nameless'

const LOCAL = /^https?:\/\/(?:localhost|[a-z0-9-]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/

export function originKind(origin: string): OriginKind {
  if (origin === 'null') return 'nameless'
  if (isExtension(origin)) return 'extension'
  if (LOCAL.test(origin)) return 'local'
  return /^https?:/.test(origin) ? 'site' : 'app'
}
