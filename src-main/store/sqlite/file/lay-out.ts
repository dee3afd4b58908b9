import type { Connection } from './connection.ts'

const INCREMENTAL = 2

/**
 * Writes the file anew so that it can give pages back bit by bit, and so that its tables begin at the pages at which
 * those of every file with the same schema begin, whatever migrations it has been through: VACUUM makes all tables
 * first and fills them afterwards. The rescue of a file without its first page rests on that (see `withDamaged`).
 */
export function layOut(db: Connection): void {
  db.pragma(`auto_vacuum = ${INCREMENTAL}`)
  db.exec('VACUUM')
}
