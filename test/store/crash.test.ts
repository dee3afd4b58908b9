import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { open } from './fixtures.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

/** Kills the writer when it has printed so many lines, and returns all that it managed to print. */
async function killAfter(lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'write-keys.child.ts'), dir.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const printed: string[] = []
  const reader = createInterface(child.stdout)
  reader.on('line', (line) => {
    printed.push(line)
    if (printed.length === lines) child.kill('SIGKILL')
  })
  await Promise.all([once(child, 'exit'), once(reader, 'close')])
  return printed
}

/** Fails unless everything that was printed is in the store. */
async function expectAll(printed: readonly string[], store: WholeStore): Promise<void> {
  const keys = new Map((await store.keys.load()).map((stored) => [stored.key.id, stored]))
  const origins = new Set((await store.origins.load()).map((record) => record.origin))
  for (const line of printed) {
    const [what, number] = line.split(' ')
    if (what === 'origin') expect(origins).toContain(`https://site-${number}.example`)
    if (what === 'key') expect(keys.get(`key-${number}`)?.secrets).toHaveLength(1)
    if (what === 'disabled') expect(keys.get(`key-${number}`)?.key.enabled).toBe(false)
  }
}

test.each([7, 50, 101])('after kill -9 every acknowledged key and decision is there (%i writes)', async (lines) => {
  const printed = await killAfter(lines)
  expect(printed.length).toBeGreaterThanOrEqual(lines)
  const store = await open(dir.path)
  await expectAll(printed, store)
  expect(store.notices).toEqual([])
  await store.close()
})

test('a first page that is lost in a crash costs nothing, even where the rows are still in the log alone', async () => {
  const printed = await killAfter(30)
  expect(statSync(join(dir.path, 'latchkey.db-wal')).size).toBeGreaterThan(0)
  const handle = openSync(join(dir.path, 'latchkey.db'), 'r+')
  writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, 0)
  closeSync(handle)
  const store = await open(dir.path)
  await expectAll(printed, store)
  await store.close()
})
