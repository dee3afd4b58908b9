import type { Settings } from '#shared/settings/settings.ts'
import { createAssets } from '../../console-api/assets.ts'
import { answerPage, isApi } from '../../console-api/pages.ts'
import { setSecurityHeaders } from '../../console-api/security-headers.ts'

interface ConsolePagesOptions {
  readonly rendererDir: string
  readonly settings: () => Settings
  /** The core's handler, which knows the API. */
  readonly core: (request: Request) => Promise<Response>
}

/**
 * Answers the requests of the window. The files of a page are read here, because in the core's thread this work would
 * delay the streams that run while the window opens. The core answers everything else, also what does not exist.
 */
export function createConsolePages({ rendererDir, settings, core }: ConsolePagesOptions): typeof core {
  const ports = { asset: createAssets(rendererDir), settings: { read: settings } }
  return async (request) => {
    const { pathname } = new URL(request.url)
    const page = request.method === 'GET' && !isApi(pathname) ? await answerPage(pathname, ports) : undefined
    if (page === undefined) return core(request)
    setSecurityHeaders(page.headers)
    return page
  }
}
