import { expect, test } from 'vitest'
import { pageOfLaunch, pageOfLink, registersLinks } from '../../../src-main/desktop/window/deep-link.ts'

test.each([
  ['latchkey://connect', '#/connect'],
  ['latchkey://connect/', '#/connect'],
  ['latchkey://connect/page-assist', '#/connect/page-assist'],
  ['latchkey://connect/page-assist/', '#/connect/page-assist'],
])('%s leads to %s', (link, page) => {
  expect(pageOfLink(link)).toBe(page)
})

test.each([
  ['nothing', 'latchkey://'],
  ['another action', 'latchkey://keys/delete'],
  ['an action that begins alike', 'latchkey://connected'],
  ['a query', 'latchkey://connect/page-assist?key=1'],
  ['a fragment', 'latchkey://connect/page-assist#/keys'],
  ['another step', 'latchkey://connect/page-assist/now'],
  ['a way up', 'latchkey://connect/../keys'],
  ['encoded letters', 'latchkey://connect/%70age-assist'],
  ['a user', 'latchkey://me@connect/page-assist'],
  ['a port', 'latchkey://connect:1/page-assist'],
  ['capitals', 'LATCHKEY://CONNECT/PAGE-ASSIST'],
  ['quotes', 'latchkey://connect/"><script>'],
  ['a second line', 'latchkey://connect/page-assist\nlatchkey://x'],
  ['a leading hyphen', 'latchkey://connect/--hidden'],
  ['an endless name', `latchkey://connect/${'a'.repeat(41)}`],
  ['another scheme', 'https://connect/page-assist'],
])('a link with %s leads to the first page', (_name, link) => {
  expect(pageOfLink(link)).toBe('')
})

test.each([
  ['no link', ['/opt/latchkey', '--hidden'], ''],
  ['a link', ['/opt/latchkey', 'latchkey://connect/lumos'], '#/connect/lumos'],
  ['a link that Chromium put in the middle', ['C:\\Latchkey.exe', 'latchkey://connect', '--x'], '#/connect'],
  ['a bad link', ['/opt/latchkey', 'latchkey://connect/../..'], ''],
])('a launch with %s', (_name, argv, page) => {
  expect(pageOfLaunch(argv)).toBe(page)
})

test.each([
  ['installed on Windows', { isPackaged: true, platform: 'win32', env: {} }, true],
  ['portable', { isPackaged: true, platform: 'win32', env: { PORTABLE_EXECUTABLE_FILE: 'D:\\x.exe' } }, false],
  ['on macOS, where the package says it', { isPackaged: true, platform: 'darwin', env: {} }, false],
  ['on Linux, where the desktop entry says it', { isPackaged: true, platform: 'linux', env: {} }, false],
  ['in a checkout', { isPackaged: false, platform: 'win32', env: {} }, false],
] as const)('an app %s registers itself for links: %#', (_name, where, expected) => {
  expect(registersLinks(where)).toBe(expected)
})
