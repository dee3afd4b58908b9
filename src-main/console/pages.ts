import type { Asset, ConsolePorts } from './ports.ts'

/** The renderer's file for a path. Every path without a dot is one of the pages of the one document. */
export async function answerPage(path: string, asset: ConsolePorts['asset']): Promise<Response | undefined> {
  const isPage = !path.slice(path.lastIndexOf('/')).includes('.')
  const found = await asset(isPage ? '/index.html' : path)
  return found === undefined ? undefined : answerAsset(found)
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
