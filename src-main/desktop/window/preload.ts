import { getGlobal } from '@electron/remote'
import { contextBridge } from 'electron'
import { ABOUT_NAMES, type About, type DesktopBridge } from '#shared/console-api/desktop-bridge.ts'

// Only what a page cannot do. Everything else goes through fetch('/api/...'), as it does in a browser.
const bridge: DesktopBridge = {
  shell: 'desktop',
  about: () => Object.fromEntries(ABOUT_NAMES.map((name) => [name, String(getGlobal(name))])) as unknown as About,
}

contextBridge.exposeInMainWorld('latchkeyDesktop', bridge)
