import Database from 'better-sqlite3'
import { PersonError } from '#shared/person-error.ts'

/** SQLite's extended result code, such as `SQLITE_FULL`; `` for any other error. */
export function sqliteCode(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : ''
}

/** Whether the file itself is wrong, not the disk, the permissions or the statement. */
export function meansDamage(error: unknown): boolean {
  const code = sqliteCode(error)
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB'
}

const SENTENCES: readonly (readonly [prefix: string, code: string, sentence: string])[] = [
  ['SQLITE_FULL', 'store_full', 'The disk is full, so Latchkey could not save this. Free some space and try again.'],
  [
    'SQLITE_READONLY',
    'store_not_writable',
    'Latchkey may not write to its data folder. Check the folder’s permissions and try again.',
  ],
  [
    'SQLITE_CANTOPEN',
    'store_not_readable',
    'Latchkey cannot open its data file. Check the permissions of its data folder and start it again.',
  ],
  [
    'SQLITE_IOERR',
    'store_io',
    'The disk reported an error, so Latchkey could not save this. Check the disk and try again.',
  ],
  ['SQLITE_BUSY', 'store_busy', 'Another program holds Latchkey’s data file open. Close that program and try again.'],
  [
    'SQLITE_CORRUPT',
    'store_damaged',
    'Latchkey’s data file is damaged. Quit Latchkey and start it again: it will save what can be read.',
  ],
  [
    'SQLITE_NOTADB',
    'store_damaged',
    'Latchkey’s data file is damaged. Quit Latchkey and start it again: it will save what can be read.',
  ],
]

/** A PersonError for what a person can mend; every other error as it came. */
export function explain(error: unknown): unknown {
  const code = sqliteCode(error)
  const found = SENTENCES.find(([prefix]) => code.startsWith(prefix))
  return found === undefined ? error : new PersonError(found[1], found[2], { cause: error })
}
