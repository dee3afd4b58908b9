// As in updates.test.ts: the real electron-updater, and a small script that stands in for an AppImage. Once it is in place it
// is really started, and starts a newer packed app on the same data.
import { once } from 'node:events'
import { appendFileSync, chmodSync, readFileSync, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { reasonToSkip } from './real-desktop.ts'
import { createUpdatingDesktop, NEWER, type RunningApp, type UpdatingDesktop } from './updating-desktop.ts'

const reason =
  reasonToSkip() ?? (process.platform === 'linux' ? undefined : 'AppImages and panels with D-Bus are on Linux only')
const RESTART = 'Restart to update to 9.9.9'
const NEW_NAME = `Latchkey-${NEWER}-linux-x64.AppImage`

// One computer, on which one thing happens after another.
describe('putting an update in place', () => {
  let desktop: UpdatingDesktop
  let app: RunningApp
  let before: Record<string, string>
  let secret: string
  beforeAll(async () => {
    if (reason !== undefined) return
    desktop = await createUpdatingDesktop({ lookForUpdates: true })
    before = desktop.installed()
    desktop.server.offer(NEWER, desktop.newer)
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await app?.kill()
    await desktop?.remove()
  })

  const inPage = <T>(code: string) => app.page.inPage<T>(code)
  const pageShows = (words: string) =>
    until(async () => (await inPage<string>('document.body.innerText'))?.includes(words), words)
  const press = async (name: string) => {
    const found = `[...document.querySelectorAll('button')].find((one) => one.textContent === '${name}')`
    await until(() => inPage<boolean>(`${found} !== undefined`), `the button ${name}`)
    await inPage(`${found}.click()`)
  }
  const openAbout = async () => {
    await desktop.click('What is new in 9.9.9…')
    await pageShows('Latchkey 9.9.9 is available.')
  }

  test('an app that is to look by itself tells of the update at its start, and loads nothing', async () => {
    const told = await desktop.toldAfter(async () => {
      app = await desktop.start()
    })
    expect(told.title).toBe('Latchkey 9.9.9 is available')
    expect(desktop.server.loads()).toBe(0)
  })

  test('the button in the window loads it, shows how far it is, and then offers a restart that can wait', async () => {
    await openAbout()
    secret = await inPage(NEW_KEY)
    let seen = false
    desktop.server.package((response) => slowly(response, desktop.newer, () => seen))
    const told = await desktop.toldAfter(async () => {
      await press('Download')
      const bar = `Number(document.querySelector('[role=progressbar]')?.ariaValueNow)`
      await until(async () => (await inPage<number>(bar)) > 0, 'the progress')
      await until(async () => (await desktop.rows()).join().includes('Downloading 9.9.9'), 'the progress in the tray')
      seen = true
    })
    expect(told.title).toBe('Latchkey 9.9.9 is ready')
    await pageShows('You can restart later')
    await until(async () => (await desktop.rows()).includes(RESTART), 'the offer in the tray')
    expect(desktop.server.loads()).toBe(1)
    expect(desktop.installed()).toEqual(before)
    expect(desktop.newerStarted()).toBe(false)
  })

  test('a downloaded file that was changed is reported and deleted instead of started, and can be downloaded again', async () => {
    appendFileSync(join(desktop.pendingDir, NEW_NAME), '\necho changed')
    const told = await desktop.toldAfter(() => desktop.click(RESTART))
    expect(told).toMatchObject({ title: 'The update was not downloaded' })
    expect(desktop.pending()).not.toContain(NEW_NAME)
    expect(desktop.installed()).toEqual(before)
    await desktop.toldAfter(() => desktop.click('Download 9.9.9 again'))
    await until(async () => (await desktop.rows()).includes(RESTART), 'the offer in the tray')
    expect(desktop.server.loads()).toBe(2)
  })

  test('a read-only folder is reported, and the app keeps running', async () => {
    chmodSync(desktop.programs, 0o500)
    const told = await desktop.toldAfter(() => desktop.click(RESTART))
    chmodSync(desktop.programs, 0o700)
    expect(told).toMatchObject({ title: 'Latchkey was not updated', body: expect.stringContaining('may write to') })
    expect(desktop.installed()).toEqual(before)
    expect((await fetch(`${await desktop.gateway()}/healthz`)).status).toBe(200)
    expect(app.process.exitCode).toBeNull()
  })

  test('a restart ends the app, and the newer one runs in its place with the same keys', async () => {
    const ended = once(app.process, 'exit')
    // For the newer one to find at its start.
    desktop.server.offer('10.0.0', Buffer.from('#!/bin/sh\n'))
    await press('Restart now')
    app.page.close()
    expect(await ended).toEqual([0, null])
    await until(() => desktop.newerStarted(), 'the newer one to be started')
    const log = join(desktop.dataDir, 'latchkey.log')
    await until(() => readFileSync(log, 'utf8').includes(`"version":"${NEWER}"`), 'it to say its version')
    expect(desktop.installed()).toEqual({ [NEW_NAME]: desktop.newer.toString() })
    expect(statSync(join(desktop.programs, NEW_NAME)).mode & 0o777).toBe(0o755)
    expect(desktop.pending()).not.toContain(NEW_NAME)
    await until(async () => (await desktop.rows()).some((label) => label.startsWith('http://localhost:')), 'its tray')
    const answer = await fetch(`${await desktop.gateway()}/api/tags`, {
      headers: { Authorization: `Bearer ${secret}` },
    })
    expect(answer.status).not.toBe(401)
    expect(desktop.newerRuns()).toBe(true)
  })

  test('quitting the newer one installs nothing, though an even newer one was loaded', async () => {
    const after = desktop.installed()
    await desktop.click('Download 10.0.0')
    await until(async () => (await desktop.rows()).includes('Restart to update to 10.0.0'), 'the offer in the tray')
    await desktop.click('Quit Latchkey')
    await until(() => !desktop.newerRuns(), 'the newer one to end')
    expect(desktop.installed()).toEqual(after)
  })
})

const NEW_KEY = `fetch('/api/keys', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: '{"name":"test"}',
}).then((answer) => answer.json()).then(({ secret }) => secret)`

/** In pieces, until the test has seen enough; then the rest. */
function slowly(response: ServerResponse, content: Buffer, seen: () => boolean): void {
  const piece = Math.ceil(content.length / 200)
  response.writeHead(200, { 'Content-Length': content.length })
  let sent = 0
  const timer = setInterval(() => {
    const next = seen() ? content.length : sent + piece
    response.write(content.subarray(sent, next))
    sent = next
    if (sent < content.length) return
    clearInterval(timer)
    response.end()
  }, 100)
}
