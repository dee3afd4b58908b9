import type { Connection } from '../file/connection.ts'

export interface Migration {
  /** 1, 2, 3 ...: the file's `user_version` once it has run. */
  readonly version: number
  readonly sql: string
}

/** `LATK`: tells our file from any other SQLite database that ends up under its name. */
export const APPLICATION_ID = 0x4c41544b

export function schemaVersion(db: Connection): number {
  return Number(db.pragma('user_version', { simple: true }))
}

/** The version that a list of migrations leads to. */
export function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}

/**
 * Brings a database to the latest version, each step in a transaction of its own. `keepCopy` is called before each
 * step with the version that the file then has; when it throws, nothing has changed.
 */
export function migrate(db: Connection, migrations: readonly Migration[], keepCopy: (version: number) => void): void {
  for (const { version, sql } of migrations) {
    const current = schemaVersion(db)
    if (current >= version) continue
    keepCopy(current)
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${version}`)
    }).immediate()
  }
}
