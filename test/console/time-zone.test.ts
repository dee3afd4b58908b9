import { spawnSync } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { usageReportSchema } from '#shared/usage/usage.ts'
import { MAIN } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'

test.each([
  ['Asia/Kathmandu', 'Asia/Kathmandu'],
  ['', 'UTC'],
  ['Foo/Bar', 'UTC'],
  [':/etc/localtime', 'UTC'],
  ['UTC+3', 'UTC'],
])('with TZ=%s there is a report, in the days of %s', async (zone, days) => {
  const dir = await createTempDir()
  onTestFinished(dir.remove)
  const args = [MAIN, 'usage', '--json', '--data-dir', dir.path]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, TZ: zone },
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  // Node calls some zones by their older names.
  expect(usageReportSchema.parse(JSON.parse(stdout)).timeZone.replace('Katmandu', 'Kathmandu')).toBe(days)
})
