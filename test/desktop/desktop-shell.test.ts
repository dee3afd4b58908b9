import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { callRunning } from '../../src-main/control/control-channel.ts'
import { askForKey } from '../support/ask-for-key.ts'
import { isPrivateFile } from '../support/private-file.ts'
import { until } from '../support/until.ts'
import { type RunningDesktop, startDesktopApp } from './support/running-desktop.ts'

// One app, as one person uses it: the tests below go on from one another, and the last one quits.
const SITE = 'https://chat.example'
const SITES = 'Sites && extensions'

let desktop: RunningDesktop
let secret: string
beforeAll(async () => {
  desktop = await startDesktopApp({ unknownOrigins: 'ask' })
  expect(desktop.world.errorBoxes).toEqual([])
  secret = await desktop.createKey()
})
afterAll(() => desktop.remove())

const knock = (origin = SITE) => desktop.gatewayStatus({ authorization: `Bearer ${secret}`, origin })
const site = () => desktop.rows(SITES).find((row) => row.label === SITE)

test('the app starts with a window on the console and one tray icon', () => {
  const [window] = desktop.world.windows
  expect(window?.url).toBe('app://console/')
  expect(window?.visible).toBe(true)
  expect(desktop.world.trays).toHaveLength(1)
  expect(existsSync(String(window?.options.webPreferences?.preload))).toBe(true)
})

test('the scheme is registered as a standard, secure one that can stream', () => {
  expect(desktop.world.privilegedSchemes).toEqual([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ])
})

test('the console answers on its scheme with its page and its state, but no other file', async () => {
  const page = await desktop.ask('/index.html')
  expect(await page.text()).toContain('<title>Latchkey</title>')
  expect(page.headers.get('content-security-policy')).toMatch(
    /default-src 'none'; script-src 'self';.*frame-ancestors 'none'/,
  )
  expect(await desktop.state()).toMatchObject({ shell: 'desktop', gateway: { status: 'running' } })
  expect((await desktop.ask('/..%2f..%2fpackage.json')).status).toBe(400)
  expect((await desktop.ask('/settings.json')).status).toBe(404)
})

test('the data directory is the person’s own', () => {
  expect(isPrivateFile(join(desktop.dataDir, 'latchkey.log'))).toBe(true)
  expect(statSync(desktop.world.paths['userData'] ?? '').isDirectory()).toBe(true)
})

test('the About page learns where the data is, and nothing else', () => {
  const ask = (name: string) => {
    const event = { sender: desktop.world.windows[0]?.window.webContents, returnValue: undefined }
    desktop.electron.ipcMain.emit('REMOTE_BROWSER_GET_GLOBAL', event, 'context', name)
    return event.returnValue
  }
  expect(ask('dataDir')).toEqual({ type: 'value', value: desktop.dataDir })
  expect(ask('process')).toMatchObject({ type: 'exception' })
})

test('no channel is open to pages but those of @electron/remote, which is on its leash', () => {
  const channels = desktop.electron.ipcMain.eventNames().map(String)
  expect(channels).toContain('REMOTE_BROWSER_GET_GLOBAL')
  expect(channels.filter((channel) => !channel.startsWith('REMOTE_BROWSER_'))).toEqual([])
})

test('Electron’s default menu, with its websites and developer tools, does not appear', () => {
  const menu = desktop.world.applicationMenu
  expect(menu).not.toBeUndefined()
  expect(JSON.stringify(menu)).not.toMatch(/DevTools|"help"|viewMenu/i)
})

test('the command line works beside the app', async () => {
  const response = await callRunning(desktop.dataDir, new Request('http://latchkey/api/state'))
  expect(await response.json()).toMatchObject({ shell: 'desktop' })
})

test('the tray’s picture follows the theme of the desktop', async () => {
  const before = desktop.world.trays[0]?.image
  desktop.world.isDark = true
  desktop.electron.nativeTheme.emit('updated')
  await until(() => desktop.world.trays[0]?.image !== before, 'another picture')
})

test('a storm of events draws the tray at most four times a second', async () => {
  const [tray] = desktop.world.trays
  const drawnBefore = tray?.drawn ?? 0
  const end = performance.now() + 1_000
  while (performance.now() < end) {
    desktop.electron.nativeTheme.emit('updated')
    await new Promise(setImmediate)
  }
  // Four, and the one that began the second.
  expect((tray?.drawn ?? 0) - drawnBefore).toBeLessThanOrEqual(5)
  expect((tray?.drawn ?? 0) - drawnBefore).toBeGreaterThan(1)
})

test('the tray copies diagnostics without the data folder or a key', async () => {
  desktop.click('Copy diagnostics')
  await until(() => desktop.world.copied.startsWith('Latchkey 0.1.0-test, desktop'), 'the diagnostics')
  expect(desktop.world.copied).not.toContain(desktop.dataDir)
  expect(desktop.world.copied).not.toContain('sk-lk-')
})

test('the key of the upstream is kept by the keyring, and never told', async () => {
  const init = {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: '{"credential":"upstream-pass"}',
  }
  const answer = await desktop.ask('/api/upstream/credential', init)
  expect(await answer.json()).toEqual({ source: 'vault', problem: null })
  const file = join(desktop.dataDir, 'upstream-key.encrypted')
  expect(isPrivateFile(file)).toBe(true)
  expect(readFileSync(file, 'utf8')).not.toContain('upstream-pass')
})

test('the tray says that it runs, and copies the address', async () => {
  await until(() => desktop.rows()[0]?.label === 'Latchkey is running', 'the tray to say that it runs')
  const { gateway } = await desktop.state()
  desktop.click('Copy address')
  await until(() => desktop.world.copied === gateway.address, 'the address to be copied')
})

test('a new site is asked about in tray and notification, once', async () => {
  expect(await knock()).toBe(403)
  expect(await knock()).toBe(403)
  await until(() => desktop.rows().some((row) => row.label === `Let ${SITE} in?`), 'the question in the tray')
  expect(desktop.world.notifications.filter((one) => one.shown).map((one) => one.options.title)).toEqual([
    `Let ${SITE} in?`,
  ])
})

test('a click on the notification shows the sites, and its button lets the site in', async () => {
  const [question] = desktop.world.notifications
  question?.notification.emit('click')
  expect(desktop.world.windows[0]?.url).toBe('app://console/#/sites')
  question?.notification.emit('action', { actionIndex: 0, selectionIndex: -1 })
  await until(() => site()?.checked === true, 'the site among the sites of the tray')
  expect(question?.closed).toBe(true)
  expect(await knock()).toBe(200)
})

test('unchecking a site in the tray blocks it at the gateway, checking it lets it in again', async () => {
  desktop.click(SITE, SITES)
  await until(() => site()?.checked === false, 'the site to be unchecked')
  expect(await knock()).toBe(403)
  desktop.click(SITE, SITES)
  await until(() => site()?.checked === true, 'the site to be checked')
  expect(await knock()).toBe(200)
})

test('an extension that asks is blocked in the tray together with its key, so that it cannot read either', async () => {
  const origin = 'moz-extension://8d1c3f5e-2b7a-4e60-9c41-5a0f6e7d8b92'
  const answer = await desktop.ask('/api/keys', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"Firefox"}',
  })
  const { secret: own } = (await answer.json()) as { secret: string }
  const read = (headers: Record<string, string> = {}) =>
    desktop.gatewayStatus({ authorization: `Bearer ${own}`, ...headers })
  expect(await read({ origin })).toBe(403)
  // As its browser sends a GET.
  expect(await read()).toBe(200)
  const question = `Let ${origin}`.slice(0, 40)
  const row = () => desktop.rows().find(({ label }) => label?.startsWith(question))
  const block = 'Block, and turn off the key “Firefox”'
  await until(() => JSON.stringify(row()?.submenu ?? []).includes(block), 'the key in the question')
  desktop.click(block, row()?.label)
  await until(async () => (await read()) === 401, 'the key to be off')
  expect(await knock(origin)).toBe(403)
})

test('a key that wants a model of the cloud is a question in tray and notification, and its answer counts at once', async () => {
  const { gateway } = await desktop.state()
  const chat = async () => {
    const init = { method: 'POST', headers: { authorization: `Bearer ${secret}` }, body: '{"model":"gpt-oss:cloud"}' }
    return (await fetch(`${gateway.address}/api/chat`, init)).status
  }
  const title = 'Let test use a model in Ollama’s cloud?'
  expect([await chat(), await chat()]).toEqual([403, 403])
  await until(() => desktop.rows().some((row) => row.label === title), 'the question in the tray')
  const questions = desktop.world.notifications.filter((one) => one.options.title === title)
  expect(questions).toHaveLength(1)
  expect(await desktop.state()).toMatchObject({ pendingOnline: 1 })
  desktop.click('Allow', title)
  await until(() => questions[0]?.closed === true, 'the notification to go')
  expect(await chat()).toBe(200)
  await until(() => desktop.rows().every((row) => row.label !== title), 'the question to leave the tray')
})

test('a key of one app that another uses is a question in tray and notification, and its answer counts at once', async () => {
  const answer = await desktop.ask('/api/keys', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"Chatbox","app":"chatbox"}',
  })
  const { secret: own } = (await answer.json()) as { secret: string }
  const read = () => desktop.gatewayStatus({ authorization: `Bearer ${own}`, 'user-agent': 'curl/8.5.0' })
  const title = 'Let curl use the key Chatbox?'
  expect([await read(), await read()]).toEqual([403, 403])
  await until(() => desktop.rows().some((row) => row.label === title), 'the question in the tray')
  const questions = desktop.world.notifications.filter((one) => one.options.title === title)
  expect(questions).toHaveLength(1)
  desktop.click('Allow any app', title)
  await until(() => questions[0]?.closed === true, 'the notification to go')
  expect(await read()).toBe(200)
  await until(() => desktop.rows().every((row) => row.label !== title), 'the question to leave the tray')
})

test('a person who has used most of their day is told in a notification, which leads to the console', async () => {
  const post = async (path: string, body: object) => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    return (await (await desktop.ask(path, init)).json()) as { id: string; secret: string }
  }
  const { id } = await post('/api/people', { name: 'Anna', tokensPerDay: 1 })
  const { secret: hers } = await post('/api/keys', { name: 'Laptop', person: id })
  const { gateway } = await desktop.state()
  const body = JSON.stringify({ model: 'sample-small', stream: false, messages: [{ role: 'user', content: 'hello' }] })
  await fetch(`${gateway.address}/api/chat`, { method: 'POST', headers: { authorization: `Bearer ${hers}` }, body })
  const told = () => desktop.world.notifications.filter(({ options }) => options.title?.startsWith('Anna has used'))
  await until(() => told().length > 0, 'the notification')
  expect(told().map(({ options }) => options.title)).toEqual(['Anna has used 100 % of today’s tokens'])
  told()[0]?.notification.emit('click')
  expect(desktop.world.windows[0]?.visible).toBe(true)
})

test('an app that asks for a key is answered in the tray or by its notification, where its code stands', async () => {
  const { gateway } = await desktop.state()
  const notes = () => desktop.world.notifications.filter(({ options }) => options.title?.includes('asks for a key'))
  const app = await askForKey(`http://127.0.0.1:${gateway.port}`, { name: 'Chatbox' })
  const row = `Chatbox asks for a key: ${app.code}`
  await until(() => desktop.rows().some(({ label }) => label === row), 'the question in the tray')
  expect(notes().map(({ options }) => options.title)).toEqual([row])
  // Every page of the window has the question.
  notes()[0]?.notification.emit('click')
  expect(desktop.world.windows[0]?.visible).toBe(true)
  desktop.click('Allow chats and models', row)
  await until(() => notes()[0]?.closed, 'the notification to go')
  expect((await app.fetchKey()).body['scope']).toBe('chat models')
  await until(() => !desktop.rows().some(({ label }) => label === row), 'the row to go')

  const site = await askForKey(`http://127.0.0.1:${gateway.port}`, { name: 'Notes', origin: 'https://notes.example' })
  await until(() => notes().length === 2, 'another notification')
  notes()[1]?.notification.emit('action', { actionIndex: 1, selectionIndex: -1 })
  await until(() => notes()[1]?.closed, 'the notification to go')
  expect((await site.fetchKey()).status).toBe(400)
  expect(await desktop.state()).toMatchObject({ pendingPairings: 0 })
})

test('the tray speaks the language that is chosen, at once', async () => {
  const choose = async (language: string) => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await desktop.ask('/api/settings', { method: 'PATCH', headers, body: JSON.stringify({ language }) })
    expect(answer.status).toBe(200)
  }
  await choose('de')
  await until(() => desktop.rows()[0]?.label === 'Latchkey läuft', 'the tray in German')
  await choose('auto')
  await until(() => desktop.rows()[0]?.label === 'Latchkey is running', 'the tray in English')
})

test('pausing from the tray answers 503, resuming answers again', async () => {
  desktop.click('Pause for 1 hour')
  await until(() => desktop.rows()[0]?.label?.startsWith('Paused until'), 'the tray to say how long')
  expect(await knock()).toBe(503)
  desktop.click('Resume')
  await until(() => desktop.rows()[0]?.label === 'Latchkey is running', 'the tray to say that it runs')
  expect(await knock()).toBe(200)
})

test('settings changed here are in settings.json', () => {
  expect(JSON.parse(readFileSync(join(desktop.dataDir, 'settings.json'), 'utf8'))).toMatchObject({ paused: false })
})

test('start at login is switched in the menu', async () => {
  const row = () => desktop.rows().find((one) => one.label === 'Start at login')
  const isOn = () =>
    desktop.world.loginItem.openAtLogin || existsSync(join(desktop.dataDir, 'config/autostart/latchkey.desktop'))
  desktop.click('Start at login')
  await until(() => row()?.checked === true, 'the check mark')
  expect(isOn()).toBe(true)
  desktop.click('Start at login')
  await until(() => row()?.checked === false, 'the check mark to go')
  expect(isOn()).toBe(false)
})

test.skipIf(process.platform === 'darwin')('a click on the tray’s picture opens the window', () => {
  desktop.world.windows[0]?.window.hide()
  desktop.world.trays[0]?.tray?.emit('click')
  expect(desktop.world.windows[0]?.visible).toBe(true)
})

test('closing the window hides it, and the person is told once', async () => {
  const [window] = desktop.world.windows
  const told = () => [
    ...desktop.world.notifications.filter((one) => one.options.title === 'Latchkey is still running'),
    ...desktop.world.messageBoxes.filter((one) => one.message === 'Latchkey keeps running without its window'),
  ]
  for (let time = 0; time < 2; time++) {
    window?.window.show()
    window?.window.close()
    await until(() => window?.visible === false, 'the window to hide')
    expect(window?.destroyed).toBe(false)
  }
  expect(told()).toHaveLength(1)
  // On Linux there is no panel here, on the other systems there always is one.
  expect(desktop.world.messageBoxes).toHaveLength(process.platform === 'linux' ? 1 : 0)
})

test('a second launch shows the window again, where it was', async () => {
  desktop.electron.app.emit('second-instance', {}, ['/opt/latchkey'])
  await until(() => desktop.world.windows[0]?.visible, 'the window')
  expect(desktop.world.windows).toHaveLength(1)
})

test('a latchkey: link leads to the recipe it names', async () => {
  desktop.world.windows[0]?.window.hide()
  desktop.electron.app.emit('second-instance', {}, ['/opt/latchkey', '--', 'latchkey://connect/page-assist'])
  await until(() => desktop.world.windows[0]?.visible, 'the window')
  expect(desktop.world.windows[0]?.url).toBe('app://console/#/connect/page-assist')
})

test('any other latchkey: link only shows the window', async () => {
  desktop.world.windows[0]?.window.hide()
  desktop.electron.app.emit('open-url', { preventDefault: () => undefined }, 'latchkey://keys/delete')
  await until(() => desktop.world.windows[0]?.visible, 'the window')
  expect(desktop.world.windows[0]?.url).not.toContain('delete')
})

test('a window whose process has died is created again', async () => {
  desktop.world.windows[0]?.window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
  desktop.click('Open Latchkey')
  await until(() => desktop.world.windows[1]?.visible, 'another window')
  expect(desktop.world.windows[1]?.options).toMatchObject({ x: 10, y: 20 })
})

test('a window that was closed five minutes ago is let go, and the next one is as large and on the same page', () => {
  const open = () => desktop.click('Open Latchkey')
  const before = desktop.world.windows.at(-1)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    void before?.window.loadURL('app://console/#/keys')
    before?.window.maximize()
    before?.window.close()
    vi.advanceTimersByTime(299_999)
    open()
    vi.advanceTimersByTime(300_000)
    expect(before).toMatchObject({ destroyed: false, visible: true })
    before?.window.close()
    vi.advanceTimersByTime(300_000)
    expect(before?.destroyed).toBe(true)
    open()
  } finally {
    vi.useRealTimers()
  }
  const after = desktop.world.windows.at(-1)
  expect(after).not.toBe(before)
  expect(after).toMatchObject({ visible: true, maximized: true, url: 'app://console/#/keys' })
})

test('quitting drains the gateway, closes everything and exits once with 0', async () => {
  desktop.click('Quit Latchkey')
  desktop.electron.app.quit()
  await until(() => desktop.world.exits.length > 0, 'the app to exit')
  expect(desktop.world.exits).toEqual([0])
  expect(desktop.world.trays[0]?.destroyed).toBe(true)
  expect(desktop.world.windows.at(-1)?.destroyed).toBe(true)
  expect(await knock()).toBeUndefined()
  await expect(callRunning(desktop.dataDir, new Request('http://latchkey/api/state'))).rejects.toThrow('not running')
})
