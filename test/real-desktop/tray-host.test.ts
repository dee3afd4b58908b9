import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Message, type MessageBus, sessionBus, Variant } from '@jellybrick/dbus-next'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type TrayHost, watchTrayHost } from '../../src-main/desktop/tray-host/tray-host.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { type OwnBus, startOwnBus } from './own-bus.ts'
import { reasonToSkip } from './real-desktop.ts'

const WATCHER = 'org.kde.StatusNotifierWatcher'
const reason = reasonToSkip() ?? (process.platform === 'linux' ? undefined : 'only Linux has a session bus')

let bus: OwnBus
let panel: MessageBus
let trayHost: TrayHost | undefined
/** The panel's answer about a host; undefined: it does not answer. */
let answer: boolean | undefined
beforeEach(async (context) => {
  context.skip(reason !== undefined, reason)
  bus = await startOwnBus()
  panel = sessionBus({ busAddress: bus.address })
  await once(panel, 'connect')
  answer = true
  panel.addMethodHandler((message) => {
    if (message.member !== 'Get') return false
    if (answer !== undefined) panel.send(Message.newMethodReturn(message, 'v', [new Variant('b', answer)]))
    return true
  })
})
afterEach(() => {
  trayHost?.close()
  panel.disconnect()
  bus.stop()
})

const startWatch = async (env: Record<string, string> = { DBUS_SESSION_BUS_ADDRESS: bus.address }) => {
  trayHost = await watchTrayHost({ platform: 'linux', env, log: { info: () => {} } })
  return trayHost
}
const isThere = (expected: boolean) => until(() => trayHost?.isThere() === expected, `isThere() to be ${expected}`)
const signal = (member: string, text = '') =>
  panel.send(Message.newSignal('/StatusNotifierWatcher', WATCHER, member, 's', [text]))

test('a panel that is there is known at once', async () => {
  await panel.requestName(WATCHER, 0)
  expect((await startWatch()).isThere()).toBe(true)
})

test('a panel that comes and goes is followed', async () => {
  const told: boolean[] = []
  const watch = await startWatch()
  watch.onChange(() => told.push(watch.isThere()))
  expect(watch.isThere()).toBe(false)
  await panel.requestName(WATCHER, 0)
  await isThere(true)
  await panel.releaseName(WATCHER)
  await isThere(false)
  expect(told).toEqual([true, false])
})

test('a watcher of icons that nobody shows counts only from the time that somebody does', async () => {
  answer = false
  await panel.requestName(WATCHER, 0)
  expect((await startWatch()).isThere()).toBe(false)
  answer = true
  signal('StatusNotifierHostRegistered')
  await isThere(true)
  answer = false
  signal('StatusNotifierHostUnregistered')
  await isThere(false)
})

test('the end of the bus is the end of its panel', async () => {
  await panel.requestName(WATCHER, 0)
  await startWatch()
  await isThere(true)
  bus.stop()
  await isThere(false)
})

test('a panel that does not answer holds nothing up', async () => {
  answer = undefined
  await panel.requestName(WATCHER, 0)
  expect((await startWatch()).isThere()).toBe(false)
})

test('signals of any shape do no harm', async () => {
  await panel.requestName(WATCHER, 0)
  await startWatch()
  answer = false
  const send = (signature: string, body: unknown[]) =>
    panel.send(Message.newSignal('/StatusNotifierWatcher', WATCHER, 'StatusNotifierHostRegistered', signature, body))
  send('a{sv}', [{ one: new Variant('ad', [1, 2]) }])
  send('(sx)', [['text', 5n]])
  send('', [])
  await isThere(false)
})

test('a signal that is far too long ends the watch, and nothing else', async () => {
  await panel.requestName(WATCHER, 0)
  await startWatch()
  signal('StatusNotifierHostRegistered', 'text'.repeat(20_000))
  await isThere(false)
})

test('a session without a bus of this computer has no panel', async () => {
  expect((await startWatch({})).isThere()).toBe(false)
  expect((await startWatch({ DBUS_SESSION_BUS_ADDRESS: 'tcp:host=localhost,port=9' })).isThere()).toBe(false)
  expect((await startWatch({ XDG_RUNTIME_DIR: '/nowhere' })).isThere()).toBe(false)
})

test('where no address is set the bus is in the runtime folder', async () => {
  const folder = await createTempDir()
  onTestFinished(folder.remove)
  const [, socket = ''] = /^unix:path=([^,]+)/.exec(bus.address) ?? []
  symlinkSync(socket, join(folder.path, 'bus'))
  await panel.requestName(WATCHER, 0)
  expect((await startWatch({ XDG_RUNTIME_DIR: folder.path })).isThere()).toBe(true)
})
