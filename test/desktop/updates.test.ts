import { expect, test, vi } from 'vitest'
import { isOfFeed, planUpdates } from '../../src-main/desktop/update-plan.ts'
import { createUpdates, type Updater } from '../../src-main/desktop/updates.ts'
import { PATIENCE_MS } from '../support/patience.ts'

const FEED = 'https://updates.example/latchkey'

test.each([
  ['no feed', { feed: null, isPackaged: true, platform: 'win32', env: {} }, { kind: 'off' }],
  ['installed on Windows', { feed: FEED, isPackaged: true, platform: 'win32', env: {} }, { kind: 'look', feed: FEED }],
  ['installed on macOS', { feed: FEED, isPackaged: true, platform: 'darwin', env: {} }, { kind: 'look', feed: FEED }],
  [
    'an AppImage',
    { feed: FEED, isPackaged: true, platform: 'linux', env: { APPIMAGE: '/x.AppImage' } },
    { kind: 'look', feed: FEED },
  ],
] as const)('%s: %#', (_name, where, plan) => {
  expect(planUpdates(where)).toEqual(plan)
})

test.each([
  ['a checkout', { isPackaged: false, platform: 'darwin', env: {} }, 'inCheckout'],
  ['a portable .exe', { isPackaged: true, platform: 'win32', env: { PORTABLE_EXECUTABLE_FILE: 'x' } }, 'portable'],
  ['a deb, rpm or tar.gz', { isPackaged: true, platform: 'linux', env: {} }, 'byPackageManager'],
] as const)('%s cannot update itself, and says so', (_name, where, why) => {
  expect(planUpdates({ feed: FEED, ...where })).toEqual({ kind: 'impossible', why })
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

function updates(load: Updater['load'], feed: string | null = FEED, install: Updater['install'] = vi.fn()) {
  const logged: string[] = []
  const note = (_details: object, message: string) => void logged.push(message)
  const seen: string[] = []
  const open = vi.fn(async () => ({
    load,
    install(failed: (error: unknown) => void) {
      order.push('install')
      install(failed)
    },
  }))
  const tellFailure = vi.fn()
  const order: string[] = []
  const giveUp = vi.fn()
  const made = createUpdates({
    plan: planUpdates({ feed, isPackaged: true, platform: 'win32', env: {} }),
    open,
    tellFailure,
    makeWay: async () => {
      await Promise.resolve()
      order.push('make way')
    },
    giveUp,
    onChange: () => seen.push(made.state().status),
    log: { info: note, warn: note, error: note },
  })
  return { updates: made, logged, seen, order, open, tellFailure, giveUp }
}

test('without a feed nothing is asked of anybody', async () => {
  const { updates: off, open } = updates(async () => null, null)
  await off.look()
  expect(open).not.toHaveBeenCalled()
  expect(off.state()).toEqual({ status: 'off' })
})

test('looking shows that it looks, and what it found', async () => {
  const { updates: made, seen } = updates(async () => null)
  await made.look()
  expect(seen).toEqual(['looking', 'current'])
})

test('an update that was loaded waits for the person, and is not looked for again', async () => {
  const load = vi.fn(async () => '1.2.3')
  const { updates: made, order } = updates(load)
  await made.install()
  expect(order).toEqual([])
  await made.look()
  await made.look()
  expect(made.state()).toEqual({ status: 'ready', version: '1.2.3' })
  expect(load).toHaveBeenCalledOnce()
  await made.install()
  expect(order).toEqual(['make way', 'install'])
})

const broken = new Error('no room')
test.each<[string, Updater['install']]>([
  [
    'at once',
    () => {
      throw broken
    },
  ],
  ['later', (failed) => void setTimeout(() => failed(broken))],
])('an update that cannot be put in place is told and logged, also when it fails %s', async (_when, install) => {
  const { updates: made, giveUp, logged } = updates(async () => '1.2.3', FEED, install)
  await made.look()
  await made.install()
  await vi.waitFor(() => expect(giveUp.mock.calls).toEqual([[broken]]), { timeout: PATIENCE_MS })
  expect(logged).toEqual(['an update could not be put in place'])
})

test('a failure is in the log and the tray each time, and told once', async () => {
  const { updates: made, logged, tellFailure } = updates(() => Promise.reject(new Error('no network')))
  await made.look()
  expect(made.state()).toEqual({ status: 'failed' })
  await made.look()
  expect(logged).toEqual(['looking for updates has failed', 'looking for updates has failed'])
  expect(tellFailure).toHaveBeenCalledOnce()
})

test('after a failure it can work again', async () => {
  let isDown = true
  const { updates: made } = updates(async () => {
    if (isDown) throw new Error('no network')
    return null
  })
  await made.look()
  isDown = false
  await made.look()
  expect(made.state()).toEqual({ status: 'current' })
})

test('while it looks, another call changes nothing', async () => {
  const found = Promise.withResolvers<null>()
  const load = vi.fn(() => found.promise)
  const { updates: made } = updates(load)
  const looking = made.look()
  await made.look()
  found.resolve(null)
  await looking
  expect(load).toHaveBeenCalledOnce()
})
