import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { giveToServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { openSharedStore } from '../../support/shared-store.ts'
import { createTempDir } from '../../support/temp-dir.ts'
import { until } from '../../support/until.ts'
import { storedKey } from '../fixtures.ts'

/** Only root can make a disk that is small enough to fill. */
const reason =
  whyNoPostgres() ?? (process.getuid?.() === 0 && process.platform === 'linux' ? whyNoDisk() : 'needs root')
if (reason !== undefined) console.log(`skipped: PostgreSQL on a full disk: ${reason}`)

function whyNoDisk(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', path])
  if (status === 0) spawnSync('umount', [path])
  rmdirSync(path)
  return status === 0 ? undefined : 'no file system can be mounted here'
}

test.skipIf(reason !== undefined)(
  'a database whose disk is full refuses changes, says nothing that it does not keep, and goes on when there is room',
  async () => {
    const disk = await createTempDir()
    const template = await startPostgres()
    await template.stop()
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=700', 'tmpfs', disk.path])
    await giveToServer(disk.path)
    const dataDir = join(disk.path, 'data')
    spawnSync('cp', ['-a', template.dataDir, dataDir])
    const server = await startPostgres({ dataDir, settings: ['max_wal_size=32MB', 'min_wal_size=32MB'] })
    const url = await server.createDatabase()
    const gateway = await openSharedStore(url)
    try {
      const ballast = join(disk.path, 'ballast')
      const confirmed: string[] = []
      const save = (id: string) =>
        gateway.store.keys
          .insert(storedKey(id, { name: 'x'.repeat(100), models: Array(200).fill('model'.repeat(20)) }))
          .then(
            () => confirmed.push(id) > 0,
            () => false,
          )
      expect(await save('before')).toBe(true)
      const { bavail, bsize } = await statfs(disk.path)
      await writeFile(ballast, Buffer.alloc(bavail * bsize - 1_000_000))
      let refused = 0
      for (let number = 0; refused < 3; number++) if (!(await save(`${number}`))) refused += 1
      expect(gateway.store.isOpen).toBe(true)

      await rm(ballast)
      // A server that could not write its log has ended, and whoever looks after it starts it again.
      await server.stop()
      await server.start()
      await until(() => save('after'), 'a key on the disk with room')
      await until(() => !gateway.store.isAway, 'contact')
      const { rows } = await server.sql('SELECT id FROM latchkey.keys', new URL(url).pathname.slice(1))
      const there = new Set((rows as { id: string }[]).map(({ id }) => id))
      expect(confirmed.filter((id) => !there.has(id))).toEqual([])
    } finally {
      await gateway.store.close()
      await server.remove()
      await template.remove()
      spawnSync('umount', [disk.path])
      await disk.remove()
    }
  },
)
