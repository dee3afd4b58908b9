import type { DatabaseState } from '#shared/console-api/database.ts'
import type { Database } from './connection/database.ts'
import { differencesOf } from './contact/gateway-row.ts'
import { LEADER_LOCK } from './leader.ts'

type Facts = Omit<DatabaseState, 'gateways' | 'differentSettings' | 'clockAheadMs'> & { readonly now: number }
type Gateway = Omit<DatabaseState['gateways'][number], 'here'> & {
  readonly id: number
  readonly settings: Readonly<Record<string, string>>
}

/** `gateway` is the id of this one. */
export async function readDatabaseState(
  database: Database,
  gateway: number,
  now: () => number,
): Promise<DatabaseState> {
  const asked = now()
  const { rows } = await database.query<Facts>(
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version, (SELECT version FROM schema_version) AS schema,
       COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
       pg_database_size(current_database()) AS bytes, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint AS now,
       EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS "hasLeader"`,
    [LEADER_LOCK],
  )
  const answered = now()
  const [found] = rows
  if (found === undefined) throw new Error('the database says nothing about itself')
  const { now: theirs, ...facts } = found
  return { ...facts, clockAheadMs: (asked + answered) / 2 - theirs, ...(await readGateways(database, gateway)) }
}

async function readGateways(
  database: Database,
  here: number,
): Promise<Pick<DatabaseState, 'gateways' | 'differentSettings'>> {
  const { rows } = await database.query<Gateway>(
    `SELECT id, name, program AS version, time_zone AS "timeZone", settings,
       (EXTRACT(EPOCH FROM started_at) * 1000)::bigint AS "startedAt"
     FROM gateways WHERE ended_at IS NULL AND alive_until > now() ORDER BY id`,
  )
  return {
    differentSettings: differencesOf(rows.map(({ settings }) => settings)),
    gateways: rows.map(({ id, name, version, timeZone, startedAt }) => ({
      name,
      version,
      timeZone,
      startedAt,
      here: id === here,
    })),
  }
}
