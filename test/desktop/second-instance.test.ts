import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createTempDir } from '../support/temp-dir.ts'
import { bundleDesktop } from './support/bundle.ts'
import { becomeDesktopProcess } from './support/desktop-process.ts'

test('a second launch ends at once and opens nothing', async () => {
  const home = await createTempDir()
  onTestFinished(home.remove)
  process.env['LATCHKEY_DATA_DIR'] = home.path
  const bundle = await bundleDesktop()
  onTestFinished(bundle.remove)
  const { load, world } = becomeDesktopProcess()
  world.isFirstInstance = false

  load(bundle.main)
  expect(world.exits).toEqual([0])
  expect(world.trays).toEqual([])
  expect(world.windows).toEqual([])
  expect(existsSync(join(home.path, 'latchkey.log'))).toBe(false)
  expect(world.paths['userData']).toBe(join(home.path, 'chromium'))
})
