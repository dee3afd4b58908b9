import type { Settings } from '#shared/settings/settings.ts'
import type { Asset, ConsolePorts } from './ports.ts'

const DOCUMENT = '/index.html'

/** True for a path of the API, which is never a page or a file. */
export function isApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/')
}

export interface PagePorts extends Pick<ConsolePorts, 'asset'> {
  readonly settings: Pick<ConsolePorts['settings'], 'read'>
}

/** The renderer's file for a path. Every path without a dot is a page of the single document. */
export async function answerPage(path: string, { asset, settings }: PagePorts): Promise<Response | undefined> {
  const isPage = !path.slice(path.lastIndexOf('/')).includes('.')
  const found = await asset(isPage ? DOCUMENT : path)
  if (found === undefined) return undefined
  return answerAsset(isPage || path === DOCUMENT ? withChoices(found, settings.read()) : found)
}

/**
 * Adds the chosen language and theme to the document's root element. The page needs both for its first paint, before
 * any request. A browser's own storage is not enough, because the desktop app's window does not keep one.
 */
function withChoices(document: Asset, { language, theme }: Settings): Asset {
  const html = new TextDecoder().decode(document.bytes)
  const marked = html.replace('<html ', `<html data-language="${language}" data-theme="${theme}" `)
  return { ...document, bytes: new TextEncoder().encode(marked) }
}

function answerAsset(asset: Asset): Response {
  return new Response(asset.bytes, {
    headers: {
      'Content-Type': asset.contentType,
      'Content-Length': String(asset.bytes.byteLength),
      // A cached document would request scripts that an update removed.
      'Cache-Control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  })
}
