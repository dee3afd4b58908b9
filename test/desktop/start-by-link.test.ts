import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type RunningDesktop, startDesktopApp } from './support/running-desktop.ts'

let desktop: RunningDesktop
beforeAll(async () => {
  process.argv.push('latchkey://connect/lumos')
  desktop = await startDesktopApp()
})
afterAll(() => desktop.remove())

test('a link that starts the app opens the recipe it names', () => {
  expect(desktop.world.windows[0]?.url).toBe('app://console/#/connect/lumos')
})

test('on macOS a link comes as an event', async () => {
  let prevented = false
  const event = { preventDefault: () => (prevented = true) }
  desktop.electron.app.emit('open-url', event, 'latchkey://connect/page-assist')
  await until(() => desktop.world.windows[0]?.url.endsWith('#/connect/page-assist'), 'the recipe')
  expect(prevented).toBe(true)
})

test('an error that nobody caught is told and logged, and ends the app', async () => {
  const listeners = process.listeners('uncaughtException')
  const ours = listeners.at(-1)
  ours?.(new Error('broken'), 'uncaughtException')
  expect(desktop.world.errorBoxes.at(-1)).toMatchObject({ title: 'Latchkey has ended' })
  expect(desktop.world.exits).toEqual([1])
})
