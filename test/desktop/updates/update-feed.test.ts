import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { type RunningDesktop, startDesktopApp } from '../support/running-desktop.ts'
import { startUpdateFeed, type UpdateFeed } from '../support/update-feed.ts'

// The real electron-updater in the real bundle, on a feed of this test.
let feed: UpdateFeed
let desktop: RunningDesktop
beforeAll(async () => {
  feed = await startUpdateFeed()
  desktop = await startDesktopApp()
})
afterAll(async () => {
  await desktop.remove()
  await feed.stop()
})

const row = (label: string) => desktop.rows().some((one) => one.label === label)

test('the tray and a notification report a feed without updates', async () => {
  await until(() => row('Look for updates'), 'the tray')
  desktop.click('Look for updates')
  await until(() => row('Look for updates again'), 'the failure in the tray')
  expect(desktop.world.notifications.map((one) => one.options.title)).toContain('Latchkey could not look for updates')
})

test('a feed without a newer version leaves everything as it is', async () => {
  feed.offer('0.0.1')
  desktop.click('Look for updates again')
  await until(() => row('Look for updates'), 'the tray to offer to look again')
})

test('a package whose hash is not the feed’s is not taken', async () => {
  feed.offer('9.9.8', createHash('sha512').update('something else').digest('base64'))
  desktop.click('Look for updates')
  await until(() => row('Download 9.9.8'), 'the offer in the tray')
  desktop.click('Download 9.9.8')
  await until(() => row('Download 9.9.8 again'), 'the failure in the tray')
})

test('a newer version is loaded when the person says so, and waits for them', async () => {
  feed.offer('9.9.9')
  await desktop.ask('/api/update/look', { method: 'POST' })
  await until(() => row('Download 9.9.9'), 'the offer in the tray')
  desktop.click('Download 9.9.9')
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
  expect(isCancelled(`${feed.origin}/latchkey/latest-linux.yml`)).toBe(false)
  expect(isCancelled(`${feed.origin}/other`)).toBe(true)
  expect(isCancelled('https://example.org/')).toBe(true)
})

test('no setting can choose another feed', async () => {
  const body = JSON.stringify({ updateFeed: 'https://evil.example/' })
  const headers = { 'Content-Type': 'application/json' }
  expect((await desktop.ask('/api/settings', { method: 'PATCH', headers, body })).status).toBe(400)
})

test('an update that cannot be installed is reported, and the app keeps running', async () => {
  // The AppImage was moved away, so it is missing.
  const told = desktop.world.notifications.length
  desktop.click('Restart to update to 9.9.9')
  await until(() => desktop.world.notifications.length > told, 'a word about the failure')
  expect(desktop.world.notifications.at(-1)?.options.title).toBe('Latchkey was not updated')
  expect([desktop.world.exits, desktop.world.errorBoxes]).toEqual([[], []])
  await until(() => row('Restart to update to 9.9.9'), 'the offer to try again')
})
