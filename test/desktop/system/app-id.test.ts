import { expect, test } from 'vitest'
import { APP_ID, nameToWindows } from '../../../src-main/desktop/system/app-id.ts'
import { becomeDesktopProcess } from '../support/desktop-process.ts'

const { electron, world } = becomeDesktopProcess()

test('the app names its Start menu entry, without which Windows shows no notification', () => {
  nameToWindows(electron.app, 'linux')
  expect(world.appUserModelId).toBe('')
  nameToWindows(electron.app, 'win32')
  expect(world.appUserModelId).toBe(APP_ID)
})
