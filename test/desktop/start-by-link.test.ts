import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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

test('an error that nobody caught is logged, and the app goes on', async () => {
  const ours = process.listeners('uncaughtException').at(-1)
  ours?.(new Error('broken'), 'uncaughtException')
  expect(desktop.world.errorBoxes).toEqual([])
  expect(desktop.world.exits).toEqual([])
  expect((await desktop.state()).failures).toMatchObject({ others: 1 })
  expect(readFileSync(join(desktop.dataDir, 'latchkey.log'), 'utf8')).toContain('internal error')
})
