import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DAY_MS, setupOfKeys } from '../support/old-keys.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { jsonHere, runHere } from './run-here.ts'
import { startApp } from './started-app.ts'

const old = { createdAt: Date.now() - 90 * DAY_MS }

test('soon after its start, Latchkey tells which keys expire within a week', async () => {
  const app = await startApp()
  onTestFinished(() => app.stop())
  await app.call(
    'POST /api/setup',
    setupOfKeys([
      { ...old, name: 'Page Assist', expiresAt: Date.now() + 3 * DAY_MS },
      { ...old, name: 'Later', expiresAt: Date.now() + 30 * DAY_MS },
    ]),
  )
  const told = () => app.events.filter((event) => event.type === 'key-expires').map(({ key }) => key.name)
  await until(() => told().length > 0, 'the reminder')
  expect(told()).toEqual(['Page Assist'])
})

test('doctor names the keys that expire soon', async () => {
  const dir = await createTempDir()
  onTestFinished(() => dir.remove())
  const findings = () => jsonHere<{ check: string }[]>(dir.path, 'doctor')
  expect((await findings()).map(({ check }) => check)).not.toContain('expiry')
  const file = join(dir.path, 'setup.json')
  const setup = setupOfKeys([{ ...old, name: 'Page Assist', expiresAt: Date.now() + 3 * DAY_MS }])
  await writeFile(file, JSON.stringify(setup))
  await runHere(dir.path, 'setup', 'import', file)
  expect(await findings()).toContainEqual({
    check: 'expiry',
    ok: false,
    sentence: '1 key expires soon: “Page Assist” in 3 days.',
    fix: 'Extend a key with: latchkey key change KEY --expires 90d',
  })
})

test('key list --unused lists the keys that nobody has used for that long', async () => {
  const dir = await createTempDir()
  onTestFinished(() => dir.remove())
  const file = join(dir.path, 'setup.json')
  const setup = setupOfKeys([
    { ...old, name: 'Never' },
    { ...old, name: 'Yesterday', lastUsedAt: Date.now() - DAY_MS },
    { createdAt: Date.now() - 89 * DAY_MS, name: 'Young' },
  ])
  await writeFile(file, JSON.stringify(setup))
  await runHere(dir.path, 'setup', 'import', file)
  const unused = async (time: string) =>
    (await jsonHere<{ name: string }[]>(dir.path, 'key', 'list', '--unused', time)).map(({ name }) => name)
  expect(await unused('90d')).toEqual(['Never'])
  expect((await unused('88d')).toSorted()).toEqual(['Never', 'Young'])
  expect((await runHere(dir.path, 'key', 'list', '--unused', '52w')).stdout).toContain('All keys have been used since')
  expect((await runHere(dir.path, 'key', 'list', '--unused', 'long')).code).toBe(2)
})
