import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'

export interface LogFileOptions {
  readonly path: string
  /** null where another thread writes the same file and makes room in it: two would do it twice. */
  readonly rotation: LogRotation | null
}

interface LogRotation {
  /** A file that has reached this size makes room for a new one, in bytes. */
  readonly limitBytes: number
  /** Older files that are kept: `<path>.1` is the newest of them. */
  readonly kept: number
}

export interface LogFile {
  write(line: string): void
  /** The last lines, in at most so many bytes; empty when there is no file. */
  tail(bytes: number): string
}

/** Written at once and synchronously: an error that ends the process must be on the disk before it ends. */
export function openLogFile({ path, rotation }: LogFileOptions): LogFile {
  return {
    write(line) {
      try {
        if (rotation !== null) makeRoom(path, rotation)
        // Whole lines, also from two threads: the system appends each call's bytes in one piece.
        appendFileSync(path, line, { mode: 0o600 })
      } catch {
        // A full disk must not end the gateway: a line that cannot be written is lost.
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
    // It may begin in the middle of a line.
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    closeSync(file)
  }
}
