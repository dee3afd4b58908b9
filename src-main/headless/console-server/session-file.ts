import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const keptSchema = z.object({
  /** Hash of the secret that the session's pages send in addition to the cookie. */
  page: z.string(),
  /** Time of the last use (ms UTC). */
  seenAt: z.number(),
})
export type KeptSession = z.infer<typeof keptSchema>

/** Stores sessions across restarts, by the hash of their cookie. */
export interface SessionMemory {
  read(): Map<string, KeptSession>
  write(sessions: ReadonlyMap<string, KeptSession>): void
}

const fileSchema = z.record(z.string(), keptSchema)

/**
 * A file of mode 0600 in the data directory. It holds only hashes. Anybody who can write to it can also write a key
 * into the database next to it.
 */
export function openSessionFile(dataDir: string): SessionMemory {
  const path = join(dataDir, 'console-sessions.json')
  return {
    read() {
      try {
        return new Map(Object.entries(fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))))
      } catch {
        // The file is missing, damaged, or from a version whose sessions had only a cookie. Everybody then needs a new
        // link.
        return new Map()
      }
    },
    write(sessions) {
      const fresh = `${path}.new`
      try {
        writeFileSync(fresh, JSON.stringify(Object.fromEntries(sessions)), { mode: 0o600 })
        // An existing file keeps its old mode.
        chmodSync(fresh, 0o600)
        renameSync(fresh, path)
      } catch {
        // The disk is full: sessions stay in memory until the process ends.
      }
    },
  }
}
