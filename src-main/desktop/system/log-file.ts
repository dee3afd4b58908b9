import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'

export interface LogFileOptions {
  readonly path: string
  /** null if another thread writes and rotates the same file: it must be rotated only once. */
  readonly rotation: LogRotation | null
}

interface LogRotation {
  /** The file is rotated when it reaches this size, in bytes. */
  readonly limitBytes: number
  /** Number of older files that are kept; `<path>.1` is the newest. */
  readonly kept: number
}

export interface LogFile {
  write(line: string): void
  /** Returns the last lines, at most so many bytes; empty if there is no file. */
  tail(bytes: number): string
}

/**
 * Opens the log. Each line is written synchronously, so that an error that ends the process is on disk before it ends.
 */
export function openLogFile({ path, rotation }: LogFileOptions): LogFile {
  return {
    write(line) {
      try {
        if (rotation !== null) makeRoom(path, rotation)
        // The system appends the bytes of each call in one piece, so that lines stay whole even when two threads write.
        appendFileSync(path, line, { mode: 0o600 })
      } catch {
        // A full disk must not end the gateway, so a line that cannot be written is lost.
      }
    },
    tail: (bytes) => tailOf(path, bytes),
  }
}

function makeRoom(path: string, { limitBytes, kept }: LogRotation): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < limitBytes) return
  rmSync(`${path}.${kept}`, { force: true })
  for (let age = kept - 1; age >= 1; age--) renameIfThere(`${path}.${age}`, `${path}.${age + 1}`)
  renameIfThere(path, `${path}.1`)
}

function renameIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to)
}

function tailOf(path: string, bytes: number): string {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return ''
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const start = Math.max(0, size - bytes)
    const buffer = Buffer.alloc(size - start)
    readSync(file, buffer, 0, buffer.length, start)
    const text = buffer.toString('utf8')
    // The first line may be cut, so it is dropped.
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    closeSync(file)
  }
}
