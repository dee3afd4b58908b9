import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { open, storedCredential, storedInvitation } from './fixtures.ts'

let dir: TempDir
let file: string
let store: WholeStore
beforeEach(async () => {
  dir = await createTempDir()
  file = join(dir.path, 'latchkey.db')
  store = await open(dir.path)
})
afterEach(async () => {
  await store.close()
  await dir.remove()
})

test('a damaged page costs no invitation and no way in that is not on it', async () => {
  for (let at = 0; at < 300; at++) {
    await store.credentials.put(
      storedCredential(`${at}`, { kind: 'passkey', subject: `s${at}`, data: 'd'.repeat(100) }),
    )
  }
  await store.invitations.put(storedInvitation('one'))
  await store.close()
  const db = new Database(file)
  const page = db.prepare(`SELECT pageno FROM dbstat WHERE name = 'credentials' AND pagetype = 'leaf'`).pluck().all()[3]
  db.close()
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, (Number(page) - 1) * 4096)
  closeSync(handle)
  store = await open(dir.path)
  expect(store.notices).toHaveLength(1)
  const left = (await store.credentials.load()).length
  expect(left).toBeGreaterThan(200)
  expect(left).toBeLessThan(300)
  expect(await store.invitations.load()).toEqual([storedInvitation('one')])
})
