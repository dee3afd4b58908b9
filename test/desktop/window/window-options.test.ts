import { readFileSync } from 'node:fs'
import type { NativeImage } from 'electron'
import { expect, test } from 'vitest'
import { placeOnScreens, windowOptions } from '../../../src-main/desktop/window/window-options.ts'

const icon = {} as NativeImage
const LAPTOP = { x: 0, y: 25, width: 1440, height: 875 }
const SECOND = { x: 1440, y: 0, width: 1920, height: 1080 }

test('the page gets a sandbox, a world of its own, and nothing of Node', () => {
  expect(windowOptions({ bounds: {}, preload: '/p.cjs', dark: false, icon }).webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    spellcheck: false,
    preload: '/p.cjs',
  })
})

test('the session is in memory: a page that shows a new key is never written to a cache', () => {
  expect(windowOptions({ bounds: {}, preload: '', dark: false, icon }).webPreferences?.partition).not.toMatch(
    /^persist:/,
  )
})

test('before its first page, and between two, the window has the colour of the pages', () => {
  const colourOf = (dark: boolean) => windowOptions({ bounds: {}, preload: '', dark, icon }).backgroundColor
  const css = readFileSync(new URL('../../../src-renderer/theme/global.css', import.meta.url), 'utf8')
  expect([...css.matchAll(/--lk-page: (#[0-9a-f]{6})/g)].map(([, colour]) => colour)).toEqual([
    colourOf(false),
    colourOf(true),
  ])
})

test('the window is shown only when it is painted', () => {
  expect(windowOptions({ bounds: {}, preload: '', dark: false, icon }).show).toBe(false)
})

test.each([
  ['remembered on the first screen', { x: 100, y: 100, width: 900, height: 600 }, true],
  ['remembered on the second screen', { x: 2000, y: 50, width: 900, height: 600 }, true],
  ['half over the right edge', { x: 3000, y: 50, width: 900, height: 600 }, true],
  ['beyond every screen', { x: 5000, y: 50, width: 900, height: 600 }, false],
  ['its title bar above the screen', { x: 100, y: -300, width: 900, height: 600 }, false],
  ['its title bar below the screen', { x: 100, y: 890, width: 900, height: 600 }, false],
  ['a sliver at the left edge', { x: -880, y: 100, width: 900, height: 600 }, false],
])('a window %s', (_name, saved, kept) => {
  const { width, height } = saved
  expect(placeOnScreens(saved, { primary: LAPTOP, others: [LAPTOP, SECOND] })).toEqual(kept ? saved : { width, height })
})

test('a window that was never placed takes the default', () => {
  expect(placeOnScreens(null, { primary: LAPTOP, others: [LAPTOP] })).toEqual({})
})

test('a window of a larger screen that is gone becomes no larger than the one that is left', () => {
  const saved = { x: 4000, y: 0, width: 3200, height: 1800 }
  expect(placeOnScreens(saved, { primary: LAPTOP, others: [LAPTOP] })).toEqual({ width: 1440, height: 875 })
})
