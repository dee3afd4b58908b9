import Database from 'better-sqlite3'
import { PersonError, type PersonErrorCode } from '#shared/text/person-error.ts'

/** SQLite's extended result code, such as `SQLITE_FULL`; `` for any other error. */
export function sqliteCode(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : ''
}

/** True if the file itself is damaged, and not the disk, the permissions or the statement at fault. */
export function meansDamage(error: unknown): boolean {
  const code = sqliteCode(error)
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB'
}

interface Explanation {
  /** Prefixes of codes of SQLite and of the system. */
  readonly causes: readonly string[]
  readonly code: PersonErrorCode
  readonly sentence: string
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    causes: ['SQLITE_FULL', 'ENOSPC', 'EDQUOT'],
    code: 'store_full',
    sentence: 'The disk is full, so Latchkey could not save this. Free some space and try again.',
  },
  {
    causes: ['SQLITE_READONLY', 'SQLITE_PERM', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'],
    code: 'store_not_writable',
    sentence: 'Latchkey may not write to its data folder. Check the folder’s permissions and try again.',
  },
  {
    causes: ['SQLITE_CANTOPEN'],
    code: 'store_not_readable',
    sentence: 'Latchkey cannot open its data file. Check the permissions of its data folder and start it again.',
  },
  {
    causes: ['SQLITE_IOERR', 'EIO'],
    code: 'store_io',
    sentence: 'The disk reported an error, so Latchkey could not save this. Check the disk and try again.',
  },
  {
    causes: ['SQLITE_BUSY'],
    code: 'store_busy',
    sentence: 'Another program holds Latchkey’s data file open. Close that program and try again.',
  },
  {
    causes: ['SQLITE_CORRUPT', 'SQLITE_NOTADB'],
    code: 'store_damaged',
    sentence: 'Latchkey’s data file is damaged. Quit Latchkey and start it again: it will save what can be read.',
  },
]

/** Returns a PersonError for a problem that a person can fix, and any other error unchanged. */
export function explain(error: unknown): unknown {
  const cause = sqliteCode(error) || systemCode(error)
  const found = EXPLANATIONS.find(({ causes }) => causes.some((beginning) => cause.startsWith(beginning)))
  return found === undefined ? error : new PersonError(found.code, found.sentence, { cause: error })
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
