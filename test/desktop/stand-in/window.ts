import type * as Electron from 'electron'
import { emitter, preventable } from './parts.ts'
import { makeSession } from './session.ts'
import { type WindowRecord, world } from './world.ts'

export function makeWindow(
  options: Electron.BrowserWindowConstructorOptions,
  app: Electron.App,
): Electron.BrowserWindow {
  const partition = options.webPreferences?.partition ?? ''
  if (!world.sessions.has(partition)) makeSession(partition, app)
  const webContents = makeContents(() => record)
  const window: Electron.BrowserWindow = emitter<Electron.BrowserWindow>('window', {
    webContents,
    loadURL: async (url) => {
      record.url = url
      window.emit('ready-to-show')
    },
    show: () => {
      record.visible = true
      window.emit('show')
    },
    hide: () => {
      record.visible = false
      window.emit('hide')
    },
    focus: () => undefined,
    isMinimized: () => false,
    isVisible: () => record.visible,
    isDestroyed: () => record.destroyed,
    isMaximized: () => record.maximized,
    maximize: () => {
      record.maximized = true
      window.show()
    },
    restore: () => undefined,
    getNormalBounds: () => ({ x: 10, y: 20, width: options.width ?? 0, height: options.height ?? 0 }),
    close: () => {
      const event = preventable()
      window.emit('close', event)
      if (!event.defaultPrevented) window.destroy()
    },
    destroy: () => {
      record.destroyed = true
      record.visible = false
      window.emit('closed')
    },
  } satisfies Partial<Electron.BrowserWindow>)
  const record: WindowRecord = {
    window,
    options,
    url: '',
    visible: false,
    maximized: false,
    destroyed: false,
    windowOpen: undefined,
  }
  world.windows.push(record)
  app.emit('web-contents-created', preventable(), webContents)
  return window
}

function makeContents(record: () => WindowRecord): Electron.WebContents {
  return emitter<Electron.WebContents>('webContents', {
    id: world.windows.length + 1,
    getURL: () => record().url,
    setWebRTCIPHandlingPolicy: () => undefined,
    setWindowOpenHandler: (handler) => {
      record().windowOpen = handler
    },
  } satisfies Partial<Electron.WebContents>)
}
