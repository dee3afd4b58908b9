import type { BrowserWindow } from 'electron'
import { beforeEach, expect, test, vi } from 'vitest'
import { DESKTOP_TEXTS } from '../../../src-main/desktop/text/choose-text.ts'
import { world } from '../stand-in/world.ts'

vi.mock('electron', () => import('../stand-in/electron.ts'))
const { createBackground } = await import('../../../src-main/desktop/window/background.ts')

beforeEach(() => {
  world.notifications.length = 0
  world.messageBoxes.length = 0
})

/** A desktop, with a clock that the test moves and a window that only shows and hides. */
function startBackground() {
  const desktop = { hasTray: false, isVisible: false, remembered: { toldAboutTray: false, toldWithoutTray: false } }
  const due: (() => void)[] = []
  const background = createBackground({
    trayHost: { isThere: () => desktop.hasTray },
    memory: {
      read: () => ({ bounds: null, ...desktop.remembered }),
      write: (change) => Object.assign(desktop.remembered, change),
    },
    text: () => DESKTOP_TEXTS.en,
    after: (_ms, run) => {
      due.push(run)
      return () => void due.splice(due.indexOf(run), 1)
    },
    isWindowVisible: () => desktop.isVisible,
    openWindow: () => {
      desktop.isVisible = true
    },
    quit: () => undefined,
  })
  const window = {
    isDestroyed: () => false,
    hide: () => {
      desktop.isVisible = false
    },
  } as BrowserWindow
  return { desktop, background, window, wait: () => due.splice(0).forEach((run) => run()) }
}

test('the person is told once about a hidden start without a tray, even after another start', () => {
  const { desktop, background, wait } = startBackground()
  background.look()
  expect(world.notifications).toEqual([])
  wait()
  expect(world.notifications[0]).toMatchObject({ shown: true, options: { title: 'Latchkey is running' } })
  world.notifications[0]?.notification.emit('show')
  return vi.waitFor(() => {
    expect(desktop.remembered.toldWithoutTray).toBe(true)
    background.look()
    wait()
    expect(world.notifications).toHaveLength(1)
    expect(desktop.isVisible).toBe(false)
  })
})

test('where the desktop shows no notification the window comes instead', () => {
  const { desktop, background, wait } = startBackground()
  background.look()
  wait()
  world.notifications[0]?.notification.emit('failed', {}, 'nobody shows it')
  return vi.waitFor(() => expect(desktop).toMatchObject({ isVisible: true, remembered: { toldWithoutTray: false } }))
})

test.each(['hasTray', 'isVisible'] as const)('the person is not told if meanwhile %s', (what) => {
  const { desktop, background, wait } = startBackground()
  background.look()
  desktop[what] = true
  wait()
  expect(world.notifications).toEqual([])
})

test('the tray is checked again when a panel appears or disappears', () => {
  const { desktop, background, wait } = startBackground()
  background.look()
  desktop.hasTray = true
  background.look()
  desktop.hasTray = false
  wait()
  expect(world.notifications).toEqual([])
  background.look()
  wait()
  expect(world.notifications).toHaveLength(1)
})

test('a second click on the window’s cross while the message box is there asks no second time', () => {
  const { background, window } = startBackground()
  background.hide(window)
  background.hide(window)
  expect(world.messageBoxes).toHaveLength(1)
  expect(world.messageBoxes[0]?.detail).toContain('start Latchkey from your apps')
})
