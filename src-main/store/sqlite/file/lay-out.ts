import type { Connection } from './connection.ts'

const INCREMENTAL = 2

/**
 * Rewrites the file, so that it can free pages in small steps, and so that its tables begin at the same pages as in every
 * file with the same schema, whatever its migrations: VACUUM creates all tables before it fills them. The recovery of a
 * file without its first page depends on that (see `withDamaged`).
 */
export function layOut(db: Connection): void {
  db.pragma(`auto_vacuum = ${INCREMENTAL}`)
  db.exec('VACUUM')
}
