import type { MenuItemConstructorOptions } from 'electron'

/**
 * The window's menu; null if it has none. Electron's default menu opens websites and the developer tools. On macOS a
 * menu is required: its Edit menu makes the keys for copy and paste work.
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
