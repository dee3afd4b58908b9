import type { Connection } from '../file/connection.ts'

export interface Migration {
  /** 1, 2, 3 ...: the file's `user_version` after the migration. */
  readonly version: number
  /** A function if it needs a fact of this computer. */
  readonly sql: string | (() => string)
}

/** `LATK`: distinguishes Latchkey's file from any other SQLite database with the same name. */
export const APPLICATION_ID = 0x4c41544b

export function schemaVersion(db: Connection): number {
  return Number(db.pragma('user_version', { simple: true }))
}

/** The version after all migrations of a list. */
export function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}

/**
 * Migrates a database to the latest version, each step in its own transaction. Calls `keepCopy` before each step with the
 * current version; if that throws, the step has changed nothing.
 */
export function migrate(db: Connection, migrations: readonly Migration[], keepCopy: (version: number) => void): void {
  for (const { version, sql } of migrations) {
    const current = schemaVersion(db)
    if (current >= version) continue
    keepCopy(current)
    db.transaction(() => {
      db.exec(typeof sql === 'string' ? sql : sql())
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${version}`)
    }).immediate()
  }
}
