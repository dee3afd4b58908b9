import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { type RunningDesktop, startDesktopApp } from './support/running-desktop.ts'

// The real electron-updater in the real bundle, on a feed of this test. As an AppImage, which is the one kind of package
// that it can load on any system without asking the system for a signature.
const PACKAGE = 'not really an AppImage'
const files = new Map<string, string>()

let feed: Server
let temp: TempDir
let desktop: RunningDesktop
beforeAll(async () => {
  feed = createServer((request, response) => {
    const file = files.get(new URL(String(request.url), 'http://feed').pathname)
    response.writeHead(file === undefined ? 404 : 200).end(file)
  })
  await new Promise<void>((resolve) => feed.listen(0, '127.0.0.1', resolve))
  temp = await createTempDir()
  writeFileSync(join(temp.path, 'app-update.yml'), 'provider: generic\nurl: http://x\nupdaterCacheDirName: updates\n')
  Object.assign(process, { resourcesPath: temp.path })
  Object.assign(process.env, { APPIMAGE: join(temp.path, 'Latchkey.AppImage'), XDG_CACHE_HOME: temp.path })
  Object.defineProperty(process, 'platform', { value: 'linux' })
  desktop = await startDesktopApp({ updateFeed: `http://127.0.0.1:${(feed.address() as AddressInfo).port}/latchkey` })
})
afterAll(async () => {
  feed.close()
  await desktop.remove()
  await temp.remove()
})

const row = (label: string) => desktop.rows().some((one) => one.label === label)

function offer(version: string, sha512 = createHash('sha512').update(PACKAGE).digest('base64')) {
  const url = `Latchkey-${version}.AppImage`
  files.set('/latchkey/latest-linux.yml', feedFile(version, url, sha512))
  files.set(`/latchkey/${url}`, PACKAGE)
}

function feedFile(version: string, url: string, sha512: string): string {
  const lines = [
    `version: ${version}`,
    'files:',
    `  - url: ${url}`,
    `    sha512: ${sha512}`,
    `    size: ${PACKAGE.length}`,
  ]
  return [...lines, `path: ${url}`, `sha512: ${sha512}`, "releaseDate: '2026-01-01T00:00:00.000Z'", ''].join('\n')
}

test('a feed that does not answer is told in the tray and by a notification', async () => {
  await until(() => row('Looking for updates failed: try again'), 'the failure in the tray')
  expect(desktop.world.notifications.map((one) => one.options.title)).toContain('Looking for a newer Latchkey failed')
})

test('a feed without a newer version leaves everything as it is', async () => {
  offer('0.0.1')
  desktop.click('Looking for updates failed: try again')
  await until(() => row('Look for updates'), 'the tray to offer to look again')
})

test('a package whose hash is not the feed’s is not taken', async () => {
  offer('9.9.8', createHash('sha512').update('something else').digest('base64'))
  desktop.click('Look for updates')
  await until(() => row('Looking for updates failed: try again'), 'the failure in the tray')
})

test('a newer version is loaded, and waits for the person', async () => {
  offer('9.9.9')
  desktop.click('Looking for updates failed: try again')
  await until(() => row('Restart to update to 9.9.9'), 'the update in the tray')
  expect(desktop.world.exits).toEqual([])
})

test('the updater’s session reaches the feed’s folder and nothing else', () => {
  const { beforeRequest } = desktop.world.sessions.get('electron-updater') ?? {}
  const isCancelled = (url: string) => {
    let cancelled: boolean | undefined
    beforeRequest?.({ url }, (answer) => {
      cancelled = answer.cancel
    })
    return cancelled
  }
  const origin = `http://127.0.0.1:${(feed.address() as AddressInfo).port}`
  expect(isCancelled(`${origin}/latchkey/latest-linux.yml`)).toBe(false)
  expect(isCancelled(`${origin}/other`)).toBe(true)
  expect(isCancelled('https://example.org/')).toBe(true)
})

test('no page can choose another feed', async () => {
  const body = JSON.stringify({ updateFeed: 'https://evil.example/' })
  const headers = { 'Content-Type': 'application/json' }
  expect((await desktop.ask('/api/settings', { method: 'PATCH', headers, body })).status).toBe(400)
})
