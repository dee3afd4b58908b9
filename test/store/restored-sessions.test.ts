import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { open, storedSession } from './fixtures.ts'

let dir: TempDir
let store: WholeStore
beforeEach(async () => {
  dir = await createTempDir()
  store = await open(dir.path)
})
afterEach(async () => {
  await store.close()
  await dir.remove()
})

test('a backup that the next start puts in place brings no session back', async () => {
  await store.sessions.put(storedSession('one'))
  const { name } = await store.backups.create('asked')
  await store.sessions.remove(['one'])
  await store.backups.layReady(name)
  await store.close()
  store = await open(dir.path)
  expect(await store.sessions.load()).toEqual([])
})
