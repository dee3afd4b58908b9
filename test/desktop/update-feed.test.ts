import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type RunningDesktop, startDesktopApp } from './support/running-desktop.ts'
import { startUpdateFeed, type UpdateFeed } from './support/update-feed.ts'

// The real electron-updater in the real bundle, on a feed of this test.
let feed: UpdateFeed
let desktop: RunningDesktop
beforeAll(async () => {
  feed = await startUpdateFeed()
  desktop = await startDesktopApp({ updateFeed: feed.url })
})
afterAll(async () => {
  await desktop.remove()
  await feed.stop()
})

const row = (label: string) => desktop.rows().some((one) => one.label === label)

test('a feed that does not answer is told in the tray and by a notification', async () => {
  await until(() => row('Looking for updates failed: try again'), 'the failure in the tray')
  expect(desktop.world.notifications.map((one) => one.options.title)).toContain('Looking for a newer Latchkey failed')
})

test('a feed without a newer version leaves everything as it is', async () => {
  feed.offer('0.0.1')
  desktop.click('Looking for updates failed: try again')
  await until(() => row('Look for updates'), 'the tray to offer to look again')
})

test('a package whose hash is not the feed’s is not taken', async () => {
  feed.offer('9.9.8', createHash('sha512').update('something else').digest('base64'))
  desktop.click('Look for updates')
  await until(() => row('Looking for updates failed: try again'), 'the failure in the tray')
})

test('a newer version is loaded, and waits for the person', async () => {
  feed.offer('9.9.9')
  desktop.click('Looking for updates failed: try again')
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

test('no page can choose another feed', async () => {
  const body = JSON.stringify({ updateFeed: 'https://evil.example/' })
  const headers = { 'Content-Type': 'application/json' }
  expect((await desktop.ask('/api/settings', { method: 'PATCH', headers, body })).status).toBe(400)
})

test('an update that cannot be put in place is told, with what to do, and not left half done in silence', async () => {
  // electron-updater takes the old file away first, and there is none.
  desktop.click('Restart to update to 9.9.9')
  await until(() => desktop.world.errorBoxes.length > 0, 'a word about the failure')
  expect(desktop.world.errorBoxes).toEqual([
    { title: 'Latchkey could not be updated', content: expect.stringContaining('Start it again') },
  ])
  expect(desktop.world.exits).toEqual([1])
})
