import type { MenuItemConstructorOptions } from 'electron'

/**
 * The window's own menu, null where it has none. Electron's menu, which shows when none is set, opens pages on the web
 * and the developer tools. On macOS there must be one: its Edit menu is what makes the keys for copying and pasting work.
 */
export function applicationMenu(platform: NodeJS.Platform): MenuItemConstructorOptions[] | null {
  if (platform !== 'darwin') return null
  return [
    {
      label: 'Latchkey',
      submenu: [
        { role: 'hide', label: 'Hide Latchkey' },
        { role: 'hideOthers' },
        { role: 'unhide' },
        { type: 'separator' },
        { role: 'quit', label: 'Quit Latchkey' },
      ],
    },
    { role: 'editMenu' },
    { label: 'Window', submenu: [{ role: 'minimize' }, { role: 'zoom' }, { role: 'close' }] },
  ]
}
