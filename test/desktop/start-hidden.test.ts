import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { bundleDesktop } from './support/bundle.ts'
import { becomeDesktopProcess } from './support/desktop-process.ts'

test('started at login it is only in the tray, until somebody asks for the window', async () => {
  const home = await createTempDir()
  onTestFinished(home.remove)
  writeFileSync(join(home.path, 'settings.json'), '{"gatewayPort":0}')
  process.env['LATCHKEY_DATA_DIR'] = home.path
  const bundle = await bundleDesktop()
  onTestFinished(bundle.remove)
  const { electron, load, world } = becomeDesktopProcess()
  // macOS says it, and gives no argument.
  world.loginItem.wasOpenedAtLogin = process.platform === 'darwin'
  if (process.platform !== 'darwin') process.argv.push('--hidden')

  load(bundle.main)
  await until(() => world.trays[0]?.menu.some((row) => row.label === 'Quit Latchkey'), 'the tray')
  electron.app.emit('second-instance', {}, ['/opt/latchkey', '--hidden'])
  await new Promise(setImmediate)
  expect(world.windows).toEqual([])
  electron.app.emit('activate')
  await until(() => world.windows[0]?.visible, 'the window')
  expect(world.windows[0]?.url).toBe('app://console/')
  electron.app.quit()
  await until(() => world.exits.length > 0, 'the app to exit')
})
