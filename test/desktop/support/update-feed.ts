import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createTempDir } from '../../support/temp-dir.ts'

/** A server for updates, and the surroundings of an app that loads them. */
export interface UpdateFeed {
  /** Without the folder in which the updates are. */
  readonly origin: string
  /** The file that is replaced by an update; it need not be there. */
  readonly appImage: string
  /** Offers a version whose package is a script of the shell. */
  offer(version: string, sha512?: string): void
  stop(): Promise<void>
}

/**
 * Call before the app starts. It is made an AppImage, which is the one kind of package that electron-updater can load on any
 * system without asking the system for a signature.
 */
export async function startUpdateFeed(script = 'exit 0'): Promise<UpdateFeed> {
  const temp = await createTempDir()
  const appImage = join(temp.path, 'Latchkey.AppImage')
  const files = new Map<string, string>()
  const server = createServer((request, response) => {
    const file = files.get(new URL(String(request.url), 'http://feed').pathname)
    response.writeHead(file === undefined ? 404 : 200).end(file)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = `provider: generic\nurl: ${origin}/latchkey\nupdaterCacheDirName: updates\n`
  writeFileSync(join(temp.path, 'app-update.yml'), config)
  Object.assign(process, { resourcesPath: temp.path })
  Object.assign(process.env, { APPIMAGE: appImage, XDG_CACHE_HOME: temp.path })
  Object.defineProperty(process, 'platform', { value: 'linux' })
  const content = `#!/bin/sh\n${script}\n`
  return {
    origin,
    appImage,
    offer(version, sha512 = createHash('sha512').update(content).digest('base64')) {
      const file = `Latchkey-${version}.AppImage`
      files.set('/latchkey/latest-linux.yml', feedFile({ version, file, sha512, size: content.length }))
      files.set(`/latchkey/${file}`, content)
    },
    async stop() {
      server.close()
      await temp.remove()
    },
  }
}

function feedFile(offered: { version: string; file: string; sha512: string; size: number }): string {
  const { version, file, sha512, size } = offered
  const lines = [`version: ${version}`, 'files:', `  - url: ${file}`, `    sha512: ${sha512}`, `    size: ${size}`]
  return [...lines, `path: ${file}`, `sha512: ${sha512}`, "releaseDate: '2026-01-01T00:00:00.000Z'", ''].join('\n')
}
