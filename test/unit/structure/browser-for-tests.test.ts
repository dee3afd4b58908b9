import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { playwrightCli } from '../../../build/scripts/programs/chromium.ts'

test('a machine without a browser can ask Playwright for one', () => {
  const version = execFileSync(process.execPath, [playwrightCli(), '--version'], { encoding: 'utf8' })
  expect(version).toMatch(/^Version \d+\.\d+/)
})
