import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Asset } from './ports.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

// Vite's file names: assets/index-Cx1B_9aZ.js
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/

/**
 * Reads files of the built renderer. It lists the directory once, at first use, and opens only listed files, so that no
 * spelling of a path can leave the directory.
 */
export function createAssets(directory: string): (path: string) => Promise<Asset | undefined> {
  let listing: Promise<ReadonlyMap<string, string>> | undefined

  return async (path) => {
    listing ??= listFiles(directory).catch(emptyIfMissing)
    const file = (await listing).get(path)
    return file === undefined ? undefined : readAsset(path, file)
  }
}

async function readAsset(path: string, file: string): Promise<Asset> {
  return {
    bytes: new Uint8Array(await readFile(file)),
    contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    immutable: HASHED.test(path),
  }
}

/** A checkout without a build has no such directory, and the API must work without it. */
function emptyIfMissing(error: NodeJS.ErrnoException): ReadonlyMap<string, string> {
  if (error.code === 'ENOENT') return new Map()
  throw error
}

/**
 * Files by their path below the directory, without links. Uses no recursive readdir, because the directory may be in an
 * app.asar.
 */
async function listFiles(directory: string, below = ''): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
    const path = `${below}/${entry.name}`
    if (entry.isFile()) files.set(path, join(directory, path))
    if (entry.isDirectory()) for (const [inner, file] of await listFiles(directory, path)) files.set(inner, file)
  }
  return files
}
