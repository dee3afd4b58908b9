import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from '../../src-main/store/postgres/connection/database.ts'

/** Milliseconds for which all processes of a PostgreSQL on this computer have run; undefined for one elsewhere. */
export async function serverTime(database: Database): Promise<(() => number) | undefined> {
  const { rows } = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const group = groupOf(String(rows[0]?.pid))
  if (group === undefined) return undefined
  return () => {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && groupOf(name) === group)
    return pids.reduce((sum, pid) => sum + runMs(pid), 0)
  }
}

/** The processes of a server are a process group. */
function groupOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2]
  } catch {
    return undefined
  }
}

function runMs(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  } catch {
    return 0
  }
}
