import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Creates a directory with mode 0700. Does not change an existing one: a person may share it on purpose (`--data-dir`),
 * and the files in it are private themselves.
 */
export function ensurePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
}

/** Makes an existing file private, such as one that a person restored with a copy command. */
export function makePrivate(path: string): void {
  if (process.platform === 'win32' || !existsSync(path)) return
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
}

/**
 * Creates an empty file with mode 0600 if it does not exist. SQLite gives -wal, -shm and -journal the mode of the
 * database, so a database created here is private from its first byte.
 */
export function ensurePrivateFile(path: string): void {
  // Never opens an existing database: closing it would drop the POSIX locks that SQLite holds on it
  // (https://sqlite.org/howtocorrupt.html, section 2.2).
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

/** Replaces a file atomically: after a crash it has either the old or the new text. */
export function replacePrivateFile(path: string, text: string): void {
  const next = `${path}.new`
  writeFileSync(next, text, { mode: 0o600, flush: true })
  moveFile(next, path)
}

/** Renames a file within a directory. After it returns, the new name survives a power cut. */
export function moveFile(from: string, to: string): void {
  renameSync(from, to)
  // Windows cannot open a directory and does not need to: NTFS journals names.
  if (process.platform === 'win32') return
  const directory = openSync(dirname(to), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
