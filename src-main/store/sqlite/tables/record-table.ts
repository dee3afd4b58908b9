import type { RecordRow } from '../../rows/record-columns.ts'
import type { RecordKind } from '../../rows/record-kinds.ts'
import type { Connection, Run } from '../file/connection.ts'

interface RecordTableOptions<T extends { readonly id: string }> {
  readonly kind: RecordKind<T>
  /** Commits survive a power cut. */
  readonly durable: Connection
  readonly run: Run
  /** Called for each invalid row, which is left out. */
  readonly onUnreadable: (id: string) => void
}

/** A table whose rows are records with an id: read as a whole, written one by one. */
export function createRecordTable<T extends { readonly id: string }>(options: RecordTableOptions<T>) {
  const { durable, run, onUnreadable } = options
  const { table, columns, parse } = options.kind
  const { names } = columns
  const select = durable.prepare<[], RecordRow>(`SELECT ${names.join(', ')} FROM ${table} ORDER BY row`)
  const upsert = durable.prepare<RecordRow>(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})
     ON CONFLICT (id) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  )
  const remove = durable.prepare<[string]>(`DELETE FROM ${table} WHERE id = ?`)
  const put = (record: T) => void upsert.run(columns.toRow(record))
  return {
    load: () =>
      run(() =>
        select.all().flatMap((row): T[] => {
          const record = parse(columns.fromRow(row))
          if (record === undefined) onUnreadable(String(row['id']))
          return record === undefined ? [] : [record]
        }),
      ),
    put: (record: T) => run(() => put(record)),
    /** Use it within a transaction of the caller. */
    putNow: put,
    remove: (id: string) => run(() => void remove.run(id)),
  }
}
