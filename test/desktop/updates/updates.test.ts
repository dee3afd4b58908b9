import { expect, test, vi } from 'vitest'
import type { UpdateState } from '#shared/settings/updates.ts'
import { DESKTOP_TEXTS } from '../../../src-main/desktop/text/choose-text.ts'
import { type UpdateNews, wordsOfNews } from '../../../src-main/desktop/updates/news.ts'
import type { Updater } from '../../../src-main/desktop/updates/updater.ts'
import { DesktopUpdates } from '../../../src-main/desktop/updates/updates.ts'
import { PATIENCE_MS } from '../../support/patience.ts'

const NEWER = { version: '1.2.3', notes: 'Fewer bugs.' }
const AVAILABLE = { status: 'available', newer: NEWER, replacedBy: 'itself', failure: null }
const NETWORK_DOWN = new Error('net::ERR_INTERNET_DISCONNECTED')

function updates(does: Partial<Updater> = {}, plan: 'off' | 'itself' | 'package' = 'itself') {
  const order: string[] = []
  const told: UpdateNews[] = []
  const seen: UpdateState[] = []
  const logged: string[] = []
  const note = (_details: object, message: string) => void logged.push(message)
  const updater: Updater = {
    look: vi.fn(async () => NEWER),
    load: vi.fn(async () => {}),
    cancel: vi.fn(),
    place: vi.fn(async () => void order.push('place')),
    start: vi.fn(() => void order.push('start')),
    ...does,
  }
  const open = vi.fn(async () => updater)
  const giveUp = vi.fn()
  const made = new DesktopUpdates({
    plan: plan === 'off' ? { kind: 'off' } : { kind: 'look', feed: 'https://updates.example', replacedBy: plan },
    open,
    tell: (news) => told.push(news),
    makeWay: async () => void order.push('make way'),
    giveUp,
    log: { info: note, warn: note, error: note },
  })
  made.onChange((state) => seen.push(state))
  return { made, updater, open, order, told, seen, logged, giveUp }
}

const fails = (error: unknown) => vi.fn(() => Promise.reject(error))

test('without a feed nothing is asked of anybody', async () => {
  const { made, open } = updates({}, 'off')
  await made.look('clock')
  await made.look()
  expect(open).not.toHaveBeenCalled()
  expect(made.state()).toEqual({ status: 'off' })
})

test('before the first look nothing is opened', () => {
  const { made, open } = updates()
  expect(made.state()).toEqual({ status: 'unknown', failure: null })
  expect(open).not.toHaveBeenCalled()
})

test('a found version is shown, and nothing is downloaded until the person agrees', async () => {
  const { made, updater, seen } = updates()
  await made.look()
  expect(seen).toEqual([{ status: 'looking' }, AVAILABLE])
  expect(updater.load).not.toHaveBeenCalled()
})

test('loading shows how far it is, and ends in an offer that waits', async () => {
  const { made, order, told, seen } = updates({
    load: async (onPercent) => {
      onPercent(12.7)
      onPercent(100)
    },
  })
  await made.look()
  await made.load()
  expect(seen.slice(2)).toEqual([
    { status: 'loading', newer: NEWER, percent: null },
    { status: 'loading', newer: NEWER, percent: 12 },
    { status: 'loading', newer: NEWER, percent: 100 },
    { status: 'ready', newer: NEWER, failed: false },
  ])
  expect(told).toEqual([{ kind: 'ready', newer: NEWER }])
  expect(order).toEqual([])
})

test('a restart puts it in place, makes way and starts it, in this order and once', async () => {
  const { made, order } = updates()
  await made.look()
  await made.load()
  await Promise.all([made.install(), made.install()])
  expect(order).toEqual(['place', 'make way', 'start'])
})

test('nothing is loaded or installed out of turn', async () => {
  const { made, updater, order } = updates()
  await made.load()
  await made.install()
  await made.look()
  await made.install()
  expect(updater.load).not.toHaveBeenCalled()
  expect(order).toEqual([])
})

test('a package of the system is shown to be old, and not loaded', async () => {
  const { made, updater } = updates({}, 'package')
  await made.look()
  await made.load()
  expect(made.state()).toEqual({ ...AVAILABLE, replacedBy: 'package' })
  expect(updater.load).not.toHaveBeenCalled()
})

test('a failed download is reported and logged, and can be repeated', async () => {
  const load = vi.fn(async () => {})
  load.mockRejectedValueOnce(Object.assign(new Error('mismatch'), { code: 'ERR_CHECKSUM_MISMATCH' }))
  const { made, told, logged } = updates({ load })
  await made.look()
  await made.load()
  expect(made.state()).toEqual({ ...AVAILABLE, failure: 'damaged' })
  expect(told).toEqual([{ kind: 'load_failed', failure: 'damaged' }])
  expect(logged).toEqual(['downloading an update failed'])
  await made.load()
  expect(made.state()).toEqual({ status: 'ready', newer: NEWER, failed: false })
})

test('a second attempt reads the list again, which may have been mended', async () => {
  const mended = { version: '1.2.4', notes: null }
  const look = vi.fn<Updater['look']>(async () => mended)
  look.mockResolvedValueOnce(NEWER)
  const load = vi.fn(async () => {})
  load.mockRejectedValueOnce(new Error('Cannot download "x", status 404: Not Found'))
  const { made } = updates({ look, load })
  await made.look()
  await made.load()
  await made.load()
  expect(made.state()).toEqual({ status: 'ready', newer: mended, failed: false })
})

test('a release that was taken back after a failure is no longer offered', async () => {
  const look = vi.fn<Updater['look']>(async () => null)
  look.mockResolvedValueOnce(NEWER)
  const { made, updater, told } = updates({ look, load: vi.fn(fails(NETWORK_DOWN)) })
  await made.look()
  await made.load()
  await made.load()
  expect(updater.load).toHaveBeenCalledOnce()
  expect(made.state()).toEqual({ status: 'current' })
  expect(told.at(-1)).toEqual({ kind: 'current' })
})

test('a load that the person stops is no failure', async () => {
  const stopped = Promise.withResolvers<void>()
  const { made, told } = updates({ load: () => stopped.promise, cancel: () => stopped.reject(new Error('aborted')) })
  await made.look()
  const loading = made.load()
  made.cancel()
  await loading
  expect(made.state()).toEqual(AVAILABLE)
  expect(told).toEqual([])
})

test('an update that cannot be installed is reported, and the running app can try again', async () => {
  const place = vi.fn(async () => {})
  place.mockRejectedValueOnce(Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'open' }))
  const { made, told, order, giveUp } = updates({ place })
  await made.look()
  await made.load()
  await made.install()
  expect(made.state()).toEqual({ status: 'ready', newer: NEWER, failed: true })
  expect(told.at(-1)).toEqual({ kind: 'place_failed' })
  expect(order).toEqual([])
  expect(giveUp).not.toHaveBeenCalled()
  await made.install()
  expect(order).toEqual(['make way', 'start'])
})

test('a loaded file that has changed since is to be loaded again', async () => {
  const damaged = Object.assign(new Error('changed'), { code: 'ERR_CHECKSUM_MISMATCH' })
  const { made, told } = updates({ place: fails(damaged) })
  await made.look()
  await made.load()
  await made.install()
  expect(made.state()).toEqual({ ...AVAILABLE, failure: 'damaged' })
  expect(told.at(-1)).toEqual({ kind: 'load_failed', failure: 'damaged' })
})

test.each<[string, Updater['start']]>([
  [
    'at once',
    () => {
      throw NETWORK_DOWN
    },
  ],
  ['later', (failed) => void setTimeout(() => failed(NETWORK_DOWN))],
])('one that does not start is told and logged, also when that shows %s', async (_when, start) => {
  const { made, giveUp, logged } = updates({ start })
  await made.look()
  await made.load()
  await made.install()
  await vi.waitFor(() => expect(giveUp.mock.calls).toEqual([[NETWORK_DOWN]]), { timeout: PATIENCE_MS })
  expect(logged).toEqual(['the newer version could not be started'])
})

test('the clock’s look tells a newer version once, and a failure once until something else comes of it', async () => {
  const look = vi.fn(async () => NEWER as typeof NEWER | null)
  const { made, told } = updates({ look })
  await made.look('clock')
  await made.look('clock')
  expect(told).toEqual([{ kind: 'found', newer: NEWER }])
  look.mockRejectedValueOnce(NETWORK_DOWN).mockRejectedValueOnce(NETWORK_DOWN)
  await made.look('clock')
  await made.look('clock')
  expect(told.slice(1)).toEqual([{ kind: 'look_failed', failure: 'unreachable' }])
  look.mockResolvedValue(null)
  await made.look('clock')
  expect(told).toHaveLength(2)
})

test('a look from the tray tells what came of it each time, since its menu has closed', async () => {
  const look = vi.fn(async () => null as typeof NEWER | null)
  const { made, told } = updates({ look })
  await made.look('tray')
  look.mockRejectedValueOnce(NETWORK_DOWN).mockRejectedValueOnce(NETWORK_DOWN)
  await made.look('tray')
  await made.look('tray')
  expect(told.map(({ kind }) => kind)).toEqual(['current', 'look_failed', 'look_failed'])
  expect(made.state()).toEqual({ status: 'unknown', failure: 'unreachable' })
})

test('a look that fails leaves what was found before', async () => {
  const look = vi.fn(async () => NEWER)
  const { made } = updates({ look })
  await made.look()
  look.mockRejectedValueOnce(NETWORK_DOWN)
  await made.look()
  expect(made.state()).toEqual(AVAILABLE)
})

test('while it looks, another call changes nothing', async () => {
  const found = Promise.withResolvers<null>()
  const { made, updater } = updates({ look: vi.fn(() => found.promise) })
  const looking = made.look()
  await made.look()
  found.resolve(null)
  await looking
  expect(updater.look).toHaveBeenCalledOnce()
})

const ALL_NEWS: UpdateNews[] = [
  { kind: 'current' },
  { kind: 'found', newer: NEWER },
  { kind: 'ready', newer: NEWER },
  { kind: 'place_failed' },
  ...(['unreachable', 'wrong_answer', 'damaged', 'not_saved'] as const).flatMap((failure): UpdateNews[] => [
    { kind: 'look_failed', failure },
    { kind: 'load_failed', failure },
  ]),
]

test.each(Object.entries(DESKTOP_TEXTS))(
  'each of the news is told in %s, as a sentence of its own that ends',
  (_language, text) => {
    const words = ALL_NEWS.map((news) => wordsOfNews(news, text, '1.0.0'))
    expect(new Set(words.map(([title, body]) => `${title}\n${body}`)).size).toBe(ALL_NEWS.length)
    expect(words.filter(([, body]) => !/[.]$/.test(body))).toEqual([])
  },
)
