import { spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { giveToServer, type PostgresServer, startPostgres, withClient } from './postgres.ts'
import { createTempDir } from './temp-dir.ts'
import { until } from './until.ts'

/** A server that receives everything from another, and takes no writes until it is promoted. */
export interface Standby extends PostgresServer {
  promote(): Promise<void>
}

const NAME = 'standby'

/**
 * Copies a running server as pg_basebackup does, which the npm package does not have. From then on, commits are confirmed when
 * both servers have them.
 */
export async function startStandby(primary: PostgresServer): Promise<Standby> {
  const temp = await createTempDir()
  await giveToServer(temp.path)
  const dataDir = join(temp.path, 'data')
  await copyRunning(primary, dataDir)
  const connection = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${NAME}`
  const server = await startPostgres({ dataDir, settings: [`primary_conninfo=${connection}`] })
  await primary.sql(`ALTER SYSTEM SET synchronous_standby_names = '${NAME}'`)
  await primary.sql('SELECT pg_reload_conf()')
  await until(async () => {
    const { rows } = await primary.sql('SELECT sync_state FROM pg_stat_replication')
    return (rows as { sync_state: string }[])[0]?.sync_state === 'sync'
  }, 'the standby to receive everything')
  return {
    ...server,
    promote: async () => void (await server.sql('SELECT pg_promote(true)')),
    remove: async () => {
      await server.remove()
      await temp.remove()
    },
  }
}

async function copyRunning({ port, dataDir }: PostgresServer, copy: string): Promise<void> {
  // One session: if it ends early, the copy is not valid.
  await withClient(`postgres://postgres@127.0.0.1:${port}/postgres`, async (client) => {
    await client.query("SELECT pg_backup_start('copy', true)")
    // Fails for files that vanish meanwhile, which the copy does not need.
    spawnSync('cp', ['-a', dataDir, copy])
    const { rows } = await client.query<{ label: string }>('SELECT labelfile AS label FROM pg_backup_stop()')
    await writeFile(join(copy, 'backup_label'), rows[0]?.label ?? '')
  })
  await rm(join(copy, 'postmaster.pid'))
  await writeFile(join(copy, 'standby.signal'), '')
  for (const name of ['backup_label', 'standby.signal']) await giveToServer(join(copy, name))
}
