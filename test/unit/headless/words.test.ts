import { expect, test } from 'vitest'
import { printable, table } from '../../../src-main/headless/commands/table.ts'
import { parseDuration, relativeTime } from '../../../src-main/headless/flags/time-words.ts'
import { defaultDataDir } from '../../../src-main/settings/data-dir.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const HOUR = 3_600_000

test.each([
  [null, 'never'],
  [NOW - 5_000, 'just now'],
  [NOW + 5_000, 'in a moment'],
  [NOW - 60_000, '1 minute ago'],
  [NOW - 3 * HOUR, '3 hours ago'],
  [NOW + 24 * HOUR, 'in 24 hours'],
  [NOW + 30 * 24 * HOUR, 'in 30 days'],
])('a moment (%s) is said in plain words: %s', (time, words) => {
  expect(relativeTime(time, NOW)).toBe(words)
})

test.each([
  ['30m', HOUR / 2],
  ['12h', 12 * HOUR],
  ['30d', 720 * HOUR],
  ['4W', 672 * HOUR],
  ['0d', 0],
])('%s is a span of %s ms', (text, span) => {
  expect(parseDuration(text)).toBe(span)
})

test.each(['', '30', 'd', '-1d', '1.5d', '30 days', '1e3d'])('%j is no span of time', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test('columns stand under their headings', () => {
  expect(table(['A', 'LONG'], [['wide cell', 'x']])).toBe('A          LONG\nwide cell  x')
})

test('an escape sequence in a name does not reach the terminal', () => {
  expect(printable('a\u001b[31mb\nc')).toBe('a\ufffd[31mb\ufffdc')
})

test.each([
  ['linux', {}, '/home/ada/.local/share/latchkey'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/latchkey'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/latchkey'],
  ['darwin', { XDG_DATA_HOME: '/data' }, '/home/ada/Library/Application Support/Latchkey'],
  ['linux', { LATCHKEY_DATA_DIR: '/mine', XDG_DATA_HOME: '/data' }, '/mine'],
] as const)('on %s with %j everything is kept in %s', (platform, env, expected) => {
  expect(defaultDataDir(env, platform, '/home/ada')).toBe(expected)
})
