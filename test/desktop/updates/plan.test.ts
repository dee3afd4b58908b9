import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isOfFeed, readFeed } from '../../../src-main/desktop/updates/feed.ts'
import { planUpdates } from '../../../src-main/desktop/updates/plan.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

const FEED = 'https://updates.example/latchkey'

let temp: TempDir
beforeAll(async () => {
  temp = await createTempDir()
})
afterAll(() => temp.remove())

async function read(content: string): Promise<string | undefined> {
  const file = join(temp.path, 'app-update.yml')
  await writeFile(file, content)
  return readFeed(file)
}

test('the feed is the one that electron-builder has written into the package', async () => {
  expect(await read(`provider: generic\nurl: ${FEED}\nupdaterCacheDirName: latchkey-updater\n`)).toBe(FEED)
  expect(await read(`provider: generic\nurl: http://127.0.0.1:8080/x\n`)).toBe('http://127.0.0.1:8080/x')
})

test.each([
  ['the address that nobody has', 'https://latchkey.invalid/updates'],
  ['plain http of another computer', 'http://updates.example/latchkey'],
  ['a file', 'file:///home/me/updates'],
  ['a user in it', 'https://me@updates.example/latchkey'],
  ['a query in it', `${FEED}?token=1`],
  ['nothing', ''],
])('with %s there is no feed', async (_what, url) => {
  expect(await read(`provider: generic\nurl: ${url}\n`)).toBeUndefined()
})

test('without the file there is no feed', () => {
  expect(readFeed(join(temp.path, 'missing.yml'))).toBeUndefined()
})

test.each([
  ['installed on Windows', 'win32', {}, 'itself'],
  ['installed on macOS', 'darwin', {}, 'itself'],
  ['an AppImage', 'linux', { APPIMAGE: '/x.AppImage' }, 'itself'],
  ['a deb, rpm or tar.gz', 'linux', {}, 'package'],
  ['a portable .exe', 'win32', { PORTABLE_EXECUTABLE_FILE: 'x' }, 'portable'],
] as const)('%s looks, and is replaced by: %#', (_name, platform, env, replacedBy) => {
  expect(planUpdates({ feed: FEED, isPackaged: true, platform, env })).toEqual({ kind: 'look', feed: FEED, replacedBy })
})

test.each([
  ['without a feed', { feed: undefined, isPackaged: true }],
  ['in a checkout', { feed: FEED, isPackaged: false }],
])('%s nothing is looked for', (_name, where) => {
  expect(planUpdates({ platform: 'linux', env: { APPIMAGE: '/x' }, ...where })).toEqual({ kind: 'off' })
})

test.each([
  [`${FEED}/latest.yml`, true],
  [`${FEED}/Latchkey-1.2.3.AppImage`, true],
  [FEED, false],
  ['https://updates.example/other/latest.yml', false],
  ['https://updates.example/latchkey-evil/latest.yml', false],
  ['https://updates.example/latchkey/../other', false],
  ['http://updates.example/latchkey/latest.yml', false],
  ['https://updates.example.evil/latchkey/latest.yml', false],
  ['https://me@updates.example/latchkey/latest.yml', false],
  ['nonsense', false],
])('the updater may ask for %s: %s', (url, allowed) => {
  expect(isOfFeed(url, FEED)).toBe(allowed)
})
