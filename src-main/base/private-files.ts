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
 * An existing directory is left as it is: it may be one that the person shares on purpose (`--data-dir`), and the files
 * in it are private by themselves.
 */
export function ensurePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
}

/** Takes a file from everybody else's eyes, such as one that a person put back with a copy command. */
export function makePrivate(path: string): void {
  if (process.platform === 'win32' || !existsSync(path)) return
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
}

/**
 * Creates an empty file with mode 0600 where there is none. SQLite gives -wal, -shm and -journal the mode of the
 * database, so a database made here is private from its first byte on.
 */
export function ensurePrivateFile(path: string): void {
  // An existing database is never opened here: closing it would drop the POSIX locks that SQLite holds on it
  // (https://sqlite.org/howtocorrupt.html, section 2.2).
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

/** Replaces a file so that after a crash it holds the old or the new text, never half. */
export function replacePrivateFile(path: string, text: string): void {
  const next = `${path}.new`
  writeFileSync(next, text, { mode: 0o600, flush: true })
  moveFile(next, path)
}

/** Renames within a directory; when it returns, the new name survives a power cut. */
export function moveFile(from: string, to: string): void {
  renameSync(from, to)
  // Windows cannot open a directory, and does not need it: NTFS journals its names.
  if (process.platform === 'win32') return
  const directory = openSync(dirname(to), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
