import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { type StartedApp, startApp } from '../console/started-app.ts'
import { launchForPages } from '../support/chromium.ts'
import { goTo, openConsole } from '../support/console-page.ts'
import { until } from '../support/until.ts'

const RENDERER = fileURLToPath(new URL('../../dist/renderer', import.meta.url))

let browser: Browser
let started: StartedApp
let page: Page
let key: IssuedKey
/** Each time that a page began to follow the events. */
let follows: IncomingMessage[] = []
const note = (message: unknown) => {
  const { request } = message as { request: IncomingMessage }
  if (request.url === '/api/events') follows.push(request)
}

beforeAll(async () => {
  browser = await launchForPages()
  subscribe('http.server.request.start', note)
})
afterAll(async () => {
  unsubscribe('http.server.request.start', note)
  await browser?.close()
})

// In this process, so that the console's end of a connection can stop reading, which a browser does not do on request.
beforeEach(async () => {
  follows = []
  started = await startApp({ rendererDir: RENDERER })
  await started.app.openConsole({ port: 0, behindProxy: [] })
  key = await started.call('POST /api/keys', { name: 'Before' })
  await started.call('POST /api/backups', {})
  page = await openConsole(browser, started.app.consoleLink())
  await until(() => follows[0], 'the page to follow the events')
})
afterEach(async () => {
  await page?.context().close()
  await started?.stop()
})

async function use(secret: string, requests: number): Promise<void> {
  for (let asked = 0; asked < requests; asked++) {
    const answer = await fetch(`${started.gatewayUrl()}/latchkey/key`, { headers: { 'x-api-key': secret } })
    expect(answer.status).toBe(200)
    await answer.text()
  }
}

/** More events than wait for one reader. */
async function changeSettings(): Promise<void> {
  for (let days = 30; days < 330; days++) await started.call('PATCH /api/settings', { retentionDays: days })
}

/** Puts the backup in place, in which there are no requests, and makes some. */
async function restoreAndUse(): Promise<void> {
  const [backup] = (await started.call('GET /api/backups', {})).filter(({ kind }) => kind !== 'replaced')
  await started.call('POST /api/backups/restore', { name: backup?.name ?? '' })
  await use((await started.call('POST /api/keys', { name: 'After' })).secret, 3)
}

const callers = (name: string) => page.getByRole('cell', { name, exact: true })

it('a page that was too slow to be told of a restore mixes nothing of the database before with what is there now', async () => {
  await use(key.secret, 3)
  await callers('Before').first().waitFor()
  const still = follows[0]?.socket
  still?.cork()
  // Their events fill what may wait in the socket.
  while (still?.writableNeedDrain === false) await use(key.secret, 20)
  await restoreAndUse()
  await changeSettings()
  still?.uncork()
  await callers('After').first().waitFor()
  await expect.poll(() => callers('Before').count()).toBe(0)
  await goTo(page, '/activity', 'Activity')
  await page.getByRole('row', { name: /After/ }).first().waitFor()
  expect(await page.getByRole('row', { name: /Before/ }).count()).toBe(0)
})

it('a page that had lost the console during a restore mixes nothing either', async () => {
  await use(key.secret, 3)
  await callers('Before').first().waitFor()
  await page.route('**/api/events', (route) => route.abort())
  follows[0]?.socket.destroy()
  await restoreAndUse()
  await page.unroute('**/api/events')
  await callers('After').first().waitFor()
  await expect.poll(() => callers('Before').count()).toBe(0)
})
