import { existsSync, mkdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { consoleErrorSchema } from '#shared/console-api/console-api.ts'
import { createApp } from '../../src-main/app/create-app.ts'
import { replacedPath } from '../../src-main/store/sqlite/file/apply-restore.ts'
import { storeFiles } from '../../src-main/store/sqlite/file/store-files.ts'
import { hostOn, requestOf, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp
beforeEach(async () => {
  started = await startApp()
})
afterEach(() => started.stop())

async function statusWith(secret: string): Promise<number> {
  const answer = await fetch(`${started.gatewayUrl()}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })
  await answer.text()
  return answer.status
}

test('the console restores a backup at once, says what the file before is called, and notes who did it', async () => {
  const { name } = await started.call('POST /api/backups', {})
  const key = await started.call('POST /api/keys', { name: 'Since' })
  const { replaced } = await started.call('POST /api/backups/restore', { name })
  expect(await statusWith(key.secret)).toBe(401)
  expect(await started.call('GET /api/keys', {})).toEqual([])
  expect((await started.call('GET /api/backups', {})).map((backup) => [backup.name, backup.kind])).toEqual([
    [replaced, 'replaced'],
    [name, 'asked'],
  ])
  const [newest] = await started.call('GET /api/audit', {})
  expect(newest).toMatchObject({ actor: 'console', action: 'backup.restore', subject: name })
  expect(started.events.map(({ type }) => type)).toContain('replaced')
})

test('two restores at the same time come one after the other', async () => {
  const first = await started.call('POST /api/backups', {})
  await started.call('POST /api/keys', { name: 'Since' })
  const second = await started.call('POST /api/backups', {})
  await Promise.all([
    started.call('POST /api/backups/restore', { name: first.name }),
    started.call('POST /api/backups/restore', { name: second.name }),
  ])
  expect((await started.call('GET /api/keys', {})).map((key) => key.name)).toEqual(['Since'])
  expect(await started.call('GET /api/backups', {})).toHaveLength(4)
})

test('when neither file can be opened, every request is refused and the person is told; the next start opens the file', async () => {
  const key = await started.call('POST /api/keys', { name: 'Mine' })
  const { name } = await started.call('POST /api/backups', {})
  const files = storeFiles(started.dataDir)
  // A folder has the name to which the present file would be moved, so the file can neither be moved there nor be
  // restored from there.
  started.app.subscribe((event) => {
    if (event.type === 'state' && existsSync(files.restoring)) mkdirSync(replacedPath(files), { recursive: true })
  })
  const answer = await started.ask(...requestOf('POST /api/backups/restore', { name }))
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(await statusWith(key.secret)).toBe(503)
  expect((await started.call('GET /api/state', {})).notices).toMatchObject([
    { message: expect.stringContaining('quit Latchkey') },
  ])
  const refused = await started.ask('/api/keys')
  expect(consoleErrorSchema.parse(await refused.json()).error.message).toContain('could not be opened again')
  await started.app.stop(0)
  const again = await createApp(hostOn(started.dataDir, started.dataDir))
  expect((await again.core.keys.list()).map(({ id }) => id)).toEqual([key.id])
  await again.stop(0)
})
