import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { type RealDesktop, reasonToSkip, startRealDesktop } from './real-desktop.ts'

const PAGE_ASSIST = 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo'
const reason = reasonToSkip()

let desktop: RealDesktop | undefined
beforeEach((context) => context.skip(reason !== undefined, reason))
afterEach(async () => {
  await desktop?.stop()
  desktop = undefined
})

/** An answer of the sample, from a request with this key. */
function chat(gateway: string, secret: string, stream: boolean): Promise<Response> {
  return fetch(`${gateway}/api/chat`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json', Origin: PAGE_ASSIST },
    body: JSON.stringify({ model: 'sample-small', stream, messages: [{ role: 'user', content: 'Hello there' }] }),
  })
}

const copied = ({ app }: RealDesktop) => app.evaluate(({ clipboard }) => clipboard.readText())

test('the first run: by clicks to a key in the clipboard, which works through the gateway', async () => {
  desktop = await startRealDesktop()
  const { page } = desktop
  await page.getByRole('heading', { name: 'Welcome to Latchkey' }).waitFor()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('radio', { name: /^Page Assist/ }).check()
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByRole('button', { name: /Copy.*Key/ }).click()
  const one = desktop
  await until(async () => (await copied(one)).startsWith('sk-lk-'), 'the key in the clipboard')
  const answer = await chat(await desktop.gateway(), await copied(desktop), false)
  expect([answer.status, JSON.stringify(await answer.json()).length > 0]).toEqual([200, true])
  await page.getByRole('heading', { name: 'Page Assist is connected' }).waitFor()
})

test('a link that comes during the first run shows its recipe, and the first run is still there behind it', async () => {
  desktop = await startRealDesktop()
  const { page } = desktop
  await page.getByRole('heading', { name: 'Welcome to Latchkey' }).waitFor()
  expect(await desktop.startAgain('latchkey://connect/lumos')).toBe(0)
  await page.getByRole('heading', { name: 'Connect an app' }).waitFor()
  await page.getByRole('radio', { name: /^Lumos/, checked: true }).waitFor()
  await page.getByRole('link', { name: 'Home' }).click()
  await page.getByRole('heading', { name: 'Welcome to Latchkey' }).waitFor()
})

test('with --demo the built-in sample answers in Ollama’s place', async () => {
  desktop = await startRealDesktop({ args: ['--demo'], settings: { upstream: 'http://127.0.0.1:9' } })
  const secret = await desktop.createKey()
  const answer = await chat(await desktop.gateway(), secret, false)
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ done: true }) as unknown])
  expect((await desktop.state()).upstream).toMatchObject({ reachable: true, sample: true })
  await desktop.page.getByText('sample', { exact: false }).first().waitFor()
})

test.each([
  ['latchkey://connect/page-assist', '#/connect/page-assist'],
  ['latchkey://connect', '#/connect'],
  ['latchkey://connect/../keys', ''],
  ['latchkey://keys', ''],
  ['latchkey://connect/page-assist?key=1', ''],
  ['latchkey:javascript:alert(1)', ''],
])('started by the link %s the window shows “%s”', async (link, hash) => {
  desktop = await startRealDesktop({ args: [link] })
  expect(desktop.page.url()).toBe(`app://console/${hash}`)
})

test('a port that another program holds is named in the window, and the app stays', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  desktop = await startRealDesktop({ settings: { gatewayPort: port } })
  await desktop.page.getByText(`Port ${port} is already used by another program`).first().waitFor()
  expect((await desktop.state()).gateway.status).toBe('stopped')
  other.close()
})

test('a quit waits for an answer that is being streamed', async () => {
  desktop = await startRealDesktop({ chunkDelayMs: 100 })
  const secret = await desktop.createKey()
  const answer = await chat(await desktop.gateway(), secret, true)
  const ended = once(desktop.app.process(), 'exit')
  await desktop.app.evaluate(({ app }) => app.quit())
  const lines = (await answer.text()).trimEnd().split('\n')
  expect(JSON.parse(String(lines.at(-1)))).toMatchObject({ done: true })
  expect(await ended).toEqual([0, null])
})

test('the window comes back after its page’s process has died', async () => {
  desktop = await startRealDesktop()
  const gateway = await desktop.gateway()
  const secret = await desktop.createKey()
  const { page } = desktop
  const crashed = new Promise((resolve) => page.once('crash', resolve))
  await desktop.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer()
  })
  await crashed
  // The gateway knows nothing of windows.
  expect((await chat(gateway, secret, false)).status).toBe(200)
  const next = desktop.app.waitForEvent('window')
  await desktop.clickTray('Open Latchkey')
  await (await next).getByRole('heading', { level: 1 }).waitFor()
  expect(readFileSync(join(desktop.dataDir, 'latchkey.log'), 'utf8')).toContain(
    'the window’s process ended unexpectedly',
  )
})

describe('with data of an earlier run', () => {
  let home: TempDir
  beforeEach(async () => {
    home = await createTempDir()
  })
  afterEach(() => home.remove())

  test('after kill -9 the next start has every key, and listens again', async () => {
    const first = await startRealDesktop({ dataDir: home.path })
    const secret = await first.createKey()
    await first.kill()
    await first.stop()
    desktop = await startRealDesktop({ dataDir: home.path })
    expect(await desktop.knock(secret, PAGE_ASSIST)).not.toBe(401)
    expect((await desktop.state()).keys).toBe(1)
  })

  test('language, theme and the price to compare with outlast the app, and the first page has them', async () => {
    const first = await startRealDesktop({ dataDir: home.path })
    await first.page.evaluate(async () => {
      const headers = { 'Content-Type': 'application/json' }
      const choices = { language: 'de', theme: 'dark', cloudPrice: { prompt: 1, completion: 2, currency: 'EUR' } }
      await fetch('/api/settings', { method: 'PATCH', headers, body: JSON.stringify(choices) })
    })
    await first.stop()
    desktop = await startRealDesktop({ dataDir: home.path })
    const { page } = desktop
    await page.getByRole('heading', { name: 'Willkommen bei Latchkey' }).waitFor()
    const [loads, theme] = await page.evaluate(() => [
      performance.getEntriesByType('navigation').map((load) => (load as PerformanceNavigationTiming).type),
      document.documentElement.dataset['mantineColorScheme'],
    ])
    expect([loads, theme]).toEqual([['navigate'], 'dark'])
    const settings = await page.evaluate(async () => (await fetch('/api/settings')).json() as Promise<unknown>)
    expect(settings).toMatchObject({ cloudPrice: { prompt: 1, completion: 2, currency: 'EUR' } })
    const shade = await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getBackgroundColor(),
    )
    expect(shade?.toLowerCase()).toBe('#171512')
  })
})
