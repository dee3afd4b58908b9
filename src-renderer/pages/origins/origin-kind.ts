import { isExtension } from '#shared/origins/origin.ts'

/** What calls: a browser extension, a page of the web or of this computer, a program with an address of its own. */
export type OriginKind = 'extension' | 'site' | 'local' | 'app' | 'nameless'

const LOCAL = /^https?:\/\/(?:localhost|[a-z0-9-]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/

export function originKind(origin: string): OriginKind {
  if (origin === 'null') return 'nameless'
  if (isExtension(origin)) return 'extension'
  if (LOCAL.test(origin)) return 'local'
  return /^https?:/.test(origin) ? 'site' : 'app'
}
