import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { applicationMenu } from '../../../src-main/desktop/window/application-menu.ts'

test.each(['linux', 'win32'] as const)('the window has no menu of its own on %s', (platform) => {
  expect(applicationMenu(platform)).toBeNull()
})

test('on macOS the menu bar has the keys for copying and pasting, and nothing that leads outside', () => {
  const menu = applicationMenu('darwin') ?? []
  expect(menu.map((part) => part.role ?? part.label)).toEqual(['Latchkey', 'editMenu', 'Window'])
  const roles = menu.flatMap((part) => (part.submenu as MenuItemConstructorOptions[] | undefined) ?? [])
  const shown = roles.map((row) => row.role ?? row.type).join(' ')
  expect(shown).toBe('hide hideOthers unhide separator quit minimize zoom close')
})
