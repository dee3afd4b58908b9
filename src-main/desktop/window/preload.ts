import { getGlobal } from '@electron/remote'
import { contextBridge } from 'electron'
import { ABOUT_NAMES, type About, type DesktopBridge } from '#shared/console-api/desktop-bridge.ts'

// Only functions that a page lacks. For everything else the page uses fetch('/api/...'), as in a browser.
const bridge: DesktopBridge = {
  shell: 'desktop',
  about: () => Object.fromEntries(ABOUT_NAMES.map((name) => [name, String(getGlobal(name))])) as unknown as About,
}

contextBridge.exposeInMainWorld('latchkeyDesktop', bridge)
