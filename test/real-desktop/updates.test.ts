// The real electron-updater in the real Electron, in an app that is laid out as a package is, against a real server on
// this computer. What is loaded is a small script that stands in for an AppImage; its hash is a real one.
import { chmodSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { reasonToSkip } from './real-desktop.ts'
import { sha512Of } from './update-server.ts'
import { createUpdatingDesktop, NEWER, OLD, type RunningApp, type UpdatingDesktop } from './updating-desktop.ts'

const reason =
  reasonToSkip() ?? (process.platform === 'linux' ? undefined : 'AppImages and panels with D-Bus are on Linux only')
const LOOK = /^Look for updates( again)?$/
const DOWNLOAD = /^Download 9\.9\.9( again)?$/
const NOT_AN_UPDATE = 'something that is not an update'
const BROKE = 'the connection broke'
const DAMAGED = 'not the one that was announced'

// One computer, on which one thing happens after another.
describe('updates', () => {
  let desktop: UpdatingDesktop
  let app: RunningApp
  /** Another server, to which nothing must come. */
  let elsewhere: string
  let strayed = 0
  const other = createServer((_request, response) => {
    strayed++
    response.end()
  })
  beforeAll(async () => {
    if (reason !== undefined) return
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
    desktop = await createUpdatingDesktop()
    app = await desktop.start()
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await app?.kill()
    await desktop?.remove()
    other.close()
  })

  const answers = async () => (await fetch(`${await desktop.gateway()}/healthz`)).status
  const inPage = <T>(code: string) => app.page.inPage<T>(code)
  const pageShows = (words: string) => until(async () => (await inPage<string>(TEXT))?.includes(words), words)

  test('the server is asked when the person looks, not before, and learns nothing about them', async () => {
    const told = await desktop.toldAfter(() => desktop.click('Look for updates'))
    expect(told).toMatchObject({ title: 'Latchkey could not look for updates' })
    expect(desktop.server.asked.map(({ path }) => path)).toEqual(['/latchkey/latest-linux.yml'])
    const headers = desktop.server.asked[0]?.headers
    expect(headers?.['user-agent']).toBe('electron-builder')
    expect(Object.keys(headers ?? {}).filter((name) => /^x-|cookie|authorization/.test(name))).toEqual([])
  })

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['a page in its place', (response) => response.end('<!doctype html><title>Sign in</title>'), NOT_AN_UPDATE],
    ['no YAML', (response) => response.end('{{{'), NOT_AN_UPDATE],
    ['nothing', (response) => response.end(), NOT_AN_UPDATE],
    ['a word for a version', (response) => response.end('version: newest\n'), NOT_AN_UPDATE],
    ['the way to another place', (response) => redirect(response, elsewhere), NOT_AN_UPDATE],
    ['the way out of its folder', (response) => redirect(response, '/other.yml'), NOT_AN_UPDATE],
    ['trouble of its own', (response) => response.writeHead(503).end(), BROKE],
    ['a connection that breaks', (response) => response.socket?.resetAndDestroy(), BROKE],
  ])('a list that is %s is refused and told', async (_what, answer, sentence) => {
    desktop.server.list(answer)
    const told = await desktop.toldAfter(() => desktop.click(LOOK))
    expect(told).toMatchObject({
      title: 'Latchkey could not look for updates',
      body: expect.stringContaining(sentence),
    })
    expect(strayed).toBe(0)
    expect(await answers()).toBe(200)
  })

  test.each([OLD, '0.0.9', '0.1.0-beta.1'])('version %s is not newer', async (version) => {
    desktop.server.offer(version, desktop.newer)
    const told = await desktop.toldAfter(() => desktop.click(LOOK))
    expect(told).toMatchObject({ title: 'Latchkey is up to date', body: expect.stringContaining(OLD) })
    expect(desktop.server.loads()).toBe(0)
  })

  test('a newer version is reported with its release notes as plain text, and is not downloaded', async () => {
    desktop.server.offer(NEWER, desktop.newer)
    const told = await desktop.toldAfter(() => desktop.click(LOOK))
    expect(told.title).toBe('Latchkey 9.9.9 is available')
    desktop.services.answer(told.id, 'default')
    await pageShows('Fewer <b>bugs</b>.')
    await pageShows('Latchkey 9.9.9 is available.')
    await until(async () => (await desktop.rows()).includes('What is new in 9.9.9…'), 'the news in the tray')
    expect(await desktop.rows()).toContain('Download 9.9.9')
    expect(desktop.server.loads()).toBe(0)
  })

  const whole = (response: ServerResponse, content: Buffer | string) =>
    response.writeHead(200, { 'Content-Length': content.length }).end(content)
  test.each<[string, (response: ServerResponse, newer: Buffer) => void, string]>([
    ['of another content', (response, newer) => whole(response, Buffer.alloc(newer.length, 'x')), DAMAGED],
    ['too short', (response, newer) => whole(response, newer.subarray(0, 1000)), DAMAGED],
    ['too long', (response, newer) => whole(response, Buffer.concat([newer, newer])), DAMAGED],
    ['a page', (response) => whole(response, '<!doctype html>'), DAMAGED],
    ['not there', (response) => response.writeHead(404).end(), NOT_AN_UPDATE],
    ['elsewhere', (response) => redirect(response, elsewhere), NOT_AN_UPDATE],
    ['out of the folder', (response) => redirect(response, '/other.AppImage'), NOT_AN_UPDATE],
    [
      'cut off in the middle',
      (response, newer) => halfOf(response, newer, () => response.socket?.resetAndDestroy()),
      BROKE,
    ],
  ])('a package that is %s is refused and told, and nothing of it stays', async (_what, answer, sentence) => {
    const before = desktop.installed()
    desktop.server.package((response) => answer(response, desktop.newer))
    const told = await desktop.toldAfter(() => desktop.click(DOWNLOAD))
    expect(told).toMatchObject({
      title: 'The update was not downloaded',
      body: expect.stringContaining(sentence),
    })
    await pageShows('Download again')
    expect(desktop.pending()).toEqual([])
    expect(desktop.installed()).toEqual(before)
    expect(strayed).toBe(0)
    expect(await answers()).toBe(200)
  })

  test('a list without a hash is refused when it comes to loading', async () => {
    desktop.server.list((response) => response.end(`version: ${NEWER}\nfiles:\n  - url: x.AppImage\n`))
    await inPage(`fetch('/api/update/look', { method: 'POST' }).then(String)`)
    const loads = desktop.server.loads()
    const told = await desktop.toldAfter(() => desktop.click(DOWNLOAD))
    expect(told.body).toContain(NOT_AN_UPDATE)
    expect(desktop.server.loads()).toBe(loads)
  })

  test('a hash of another file in the list is refused', async () => {
    desktop.server.offer(NEWER, desktop.newer, { sha512: sha512Of(Buffer.from('another')) })
    await inPage(`fetch('/api/update/look', { method: 'POST' }).then(String)`)
    const told = await desktop.toldAfter(() => desktop.click(DOWNLOAD))
    expect(told.body).toContain(DAMAGED)
    desktop.server.offer(NEWER, desktop.newer)
  })

  test('a file that cannot be saved is reported', async () => {
    chmodSync(desktop.pendingDir, 0o500)
    const told = await desktop.toldAfter(() => desktop.click(DOWNLOAD))
    chmodSync(desktop.pendingDir, 0o700)
    expect(told.body).toContain('could not save')
  })

  test('a download that hangs can be stopped, and then nothing of it goes on', async () => {
    const begun = Promise.withResolvers<ServerResponse>()
    desktop.server.package((response) => halfOf(response, desktop.newer, () => begun.resolve(response)))
    const told = desktop.services.notifications.length
    await desktop.click(DOWNLOAD)
    const response = await begun.promise
    const left = new Promise((resolve) => response.once('close', resolve))
    await desktop.click('Stop the download')
    await left
    await until(async () => (await desktop.rows()).includes('Download 9.9.9'), 'the offer to load it')
    expect(desktop.pending()).toEqual([])
    expect(desktop.services.notifications.length).toBe(told)
  })

  test('killed in the middle of a download, the next start has the version before and nothing that is ready', async () => {
    const before = desktop.installed()
    const begun = Promise.withResolvers<void>()
    desktop.server.package((response) => halfOf(response, desktop.newer, begun.resolve))
    await desktop.click(DOWNLOAD)
    await begun.promise
    await until(() => desktop.pending().length > 0, 'the half-written file')
    await app.kill()
    // As if it had been installed as a deb: that is not replaced here, as the app leaves it to the system.
    app = await desktop.start('package')
    expect(desktop.installed()).toEqual(before)
    expect(await desktop.rows()).toContain('Look for updates')
  })

  test('a package of the system learns that there is a newer one, and what to do, and does nothing itself', async () => {
    const loads = desktop.server.loads()
    const told = await desktop.toldAfter(() => desktop.click('Look for updates'))
    desktop.services.answer(told.id, 'default')
    await pageShows('was installed as a package of your system and does not replace itself')
    for (const what of ['load', 'install'])
      await inPage(`fetch('/api/update/${what}', { method: 'POST' }).then(String)`)
    await until(async () => (await desktop.rows()).includes('What is new in 9.9.9…'), 'the news in the tray')
    expect((await desktop.rows()).filter((label) => /download|restart/i.test(label))).toEqual([])
    expect(desktop.server.loads()).toBe(loads)
  })

  test('one that is to look by itself begins at once, when that is switched on', async () => {
    const told = await desktop.toldAfter(() => inPage(`document.querySelector('input[role=switch]').click()`))
    expect(told.title).toBe('Latchkey 9.9.9 is available')
  })
})

const TEXT = 'document.body.innerText'

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(302, { Location: to }).end()
}

/** Sends half of it, and calls `then` once that has left. */
function halfOf(response: ServerResponse, content: Buffer, then: () => void): void {
  response.writeHead(200, { 'Content-Length': content.length })
  response.write(content.subarray(0, content.length / 2), () => then())
}
