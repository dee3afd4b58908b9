import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { bundleDesktop } from './support/bundle.ts'
import { becomeDesktopProcess } from './support/desktop-process.ts'

test('one sentence reports a damaged settings file, and the app ends without a window', async () => {
  const home = await createTempDir()
  onTestFinished(home.remove)
  writeFileSync(join(home.path, 'settings.json'), '{"gatewayPort": 115')
  process.env['LATCHKEY_DATA_DIR'] = home.path
  const bundle = await bundleDesktop()
  onTestFinished(bundle.remove)
  const { load, world } = becomeDesktopProcess()

  load(bundle.main)
  await until(() => world.exits.length > 0, 'the app to end')
  expect(world.exits).toEqual([1])
  expect(world.windows).toEqual([])
  expect(world.errorBoxes).toHaveLength(1)
  expect(world.errorBoxes[0]).toMatchObject({ title: 'Latchkey could not start' })
  expect(world.errorBoxes[0]?.content).toContain('settings.json')
  expect(world.errorBoxes[0]?.content).not.toContain('unexpected')
})
