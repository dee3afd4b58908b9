import type { Settings } from '#shared/settings/settings.ts'
import type { Asset, ConsolePorts } from './ports.ts'

const DOCUMENT = '/index.html'

/** The renderer's file for a path. Every path without a dot is one of the pages of the one document. */
export async function answerPage(
  path: string,
  { asset, settings }: Pick<ConsolePorts, 'asset' | 'settings'>,
): Promise<Response | undefined> {
  const isPage = !path.slice(path.lastIndexOf('/')).includes('.')
  const found = await asset(isPage ? DOCUMENT : path)
  if (found === undefined) return undefined
  return answerAsset(isPage || path === DOCUMENT ? withChoices(found, settings.read()) : found)
}

/**
 * The document with the chosen language and theme on its root element: the page needs both for its first paint, before
 * it has asked for anything. A browser's own memory would do only where the browser keeps one, and the app's does not.
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
      // A document that was kept would ask for scripts that an update has taken away.
      'Cache-Control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  })
}
