import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { type RunningDesktop, startDesktopApp } from '../support/running-desktop.ts'
import { startUpdateFeed, type UpdateFeed } from '../support/update-feed.ts'

// The installed program is a script that really starts. It records that, and that its file remains.
const reason = process.platform === 'win32' ? 'the package is a script of the shell' : undefined

let feed: UpdateFeed
let desktop: RunningDesktop
beforeAll(async () => {
  if (reason !== undefined) return
  feed = await startUpdateFeed('echo "$0" > "$APPIMAGE.started"')
  writeFileSync(feed.appImage, 'the version before')
  feed.offer('9.9.9')
  desktop = await startDesktopApp({ lookForUpdates: true })
})
beforeEach((context) => context.skip(reason !== undefined, reason))
afterAll(async () => {
  await desktop?.remove()
  await feed?.stop()
})

const RESTART = 'Restart to update to 9.9.9'
const row = (label: string) => desktop.rows().some((one) => one.label === label)

test('an update that was loaded changes nothing until the person says so', async () => {
  await until(() => row('Download 9.9.9'), 'the offer in the tray')
  desktop.click('Download 9.9.9')
  await until(() => row(RESTART), 'the update in the tray')
  expect(readFileSync(feed.appImage, 'utf8')).toBe('the version before')
  expect(await desktop.gatewayStatus({ authorization: `Bearer ${await desktop.createKey()}` })).toBe(200)
})

test('then this Latchkey ends, makes way for another one, and the newer version is started in its place', async () => {
  expect(desktop.world.isFirstInstance).toBe(true)
  desktop.click(RESTART)
  await until(() => desktop.world.exits.length > 0, 'the app to exit')
  expect(desktop.world.exits).toEqual([0])
  expect(desktop.world.errorBoxes).toEqual([])
  expect(desktop.world.isFirstInstance).toBe(false)
  expect(await desktop.gatewayStatus({})).toBeUndefined()
  await until(() => existsSync(`${feed.appImage}.started`), 'the newer version to be started')
  expect(readFileSync(`${feed.appImage}.started`, 'utf8').trim()).toBe(feed.appImage)
})
