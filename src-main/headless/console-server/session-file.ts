import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const keptSchema = z.object({
  /** Hash of what the session's pages send beside the cookie. */
  page: z.string(),
  /** When it was last used (ms UTC). */
  seenAt: z.number(),
})
export type KeptSession = z.infer<typeof keptSchema>

/** Keeps sessions over a restart, by the hash of each one's cookie. */
export interface SessionMemory {
  read(): Map<string, KeptSession>
  write(sessions: ReadonlyMap<string, KeptSession>): void
}

const fileSchema = z.record(z.string(), keptSchema)

/**
 * A file of mode 0600 in the data directory. From a hash nobody makes a secret, and whoever could write one into the
 * file could as well write a key into the database beside it.
 */
export function openSessionFile(dataDir: string): SessionMemory {
  const path = join(dataDir, 'console-sessions.json')
  return {
    read() {
      try {
        return new Map(Object.entries(fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))))
      } catch {
        // Missing, damaged or of a version whose sessions were a cookie alone: everybody follows a fresh link, which is all that a session is for.
        return new Map()
      }
    },
    write(sessions) {
      const fresh = `${path}.new`
      try {
        writeFileSync(fresh, JSON.stringify(Object.fromEntries(sessions)), { mode: 0o600 })
        // A file left from before keeps the mode that it had.
        chmodSync(fresh, 0o600)
        renameSync(fresh, path)
      } catch {
        // A full disk: sessions live on in memory, and end with this run.
      }
    },
  }
}
