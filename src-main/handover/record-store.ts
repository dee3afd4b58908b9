import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type HandoverAppId, handoverAppSchema } from '#shared/handover/apps.ts'
import { ensurePrivateDirectory, replacePrivateFile } from '../base/private-files.ts'
import { replaceFile } from '../base/replace-file.ts'

const hash = z.string().length(64)

const writtenFileSchema = z.object({
  path: z.string(),
  /** SHA-256 of the content that an undo restores; null if the file did not exist. */
  before: hash.nullable(),
  /** SHA-256 of the content just before this writing: that of an earlier hand-over, or the same as `before`. */
  was: hash.nullable(),
  after: hash,
  /** Name of the copy of the `before` content, in the folder of the records. */
  backup: z.string().nullable(),
  /** Permission bits of the `before` file. */
  mode: z.number().int(),
  /** Folders that were created for the file, outermost first. */
  folders: z.array(z.string()),
})
export type WrittenFile = z.infer<typeof writtenFileSchema>

const recordSchema = z.object({
  app: handoverAppSchema,
  /** ms UTC. */
  time: z.number().int(),
  keyId: z.string(),
  files: z.array(writtenFileSchema),
})
/** The files written for an app. Contains hashes but no content, so no secret. */
export type HandoverRecord = z.infer<typeof recordSchema>

/** Stores records of hand-overs, and copies of the earlier files, in a private folder inside the data folder. */
export class RecordStore {
  readonly #folder: string

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'handovers')
  }

  /** Resolves to undefined if nothing was written for the app. Rejects if the record cannot be read. */
  async read(app: HandoverAppId): Promise<HandoverRecord | undefined> {
    const text = await readFile(this.#recordOf(app), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    return text === undefined ? undefined : recordSchema.parse(JSON.parse(text))
  }

  write(record: HandoverRecord): void {
    ensurePrivateDirectory(this.#folder)
    replacePrivateFile(this.#recordOf(record.app), JSON.stringify(record, undefined, 2))
  }

  /** Stores a copy with mode 0600 and resolves to its name. After that the copy survives a power cut. */
  async keep(app: HandoverAppId, path: string, bytes: Buffer, time: number): Promise<string> {
    ensurePrivateDirectory(this.#folder)
    const name = `${app}.${time}.${basename(path)}`
    await replaceFile(join(this.#folder, name), bytes, { mode: 0o600, owner: null, lastCheck: async () => undefined })
    return name
  }

  /** null if the copy is missing. */
  async copy(name: string): Promise<Buffer | null> {
    return readFile(this.pathOf(name)).catch(() => null)
  }

  pathOf(backup: string): string {
    return join(this.#folder, basename(backup))
  }

  /** Deletes the app's record. */
  async remove(app: HandoverAppId): Promise<void> {
    await rm(this.#recordOf(app), { force: true })
    await this.tidy(app)
  }

  /** Deletes the app's copies that its record no longer names. */
  async tidy(app: HandoverAppId): Promise<void> {
    const names = await readdir(this.#folder).catch(() => [])
    const record = await this.read(app)
    const kept = new Set(record?.files.map(({ backup }) => backup))
    for (const name of names) {
      if (name.startsWith(`${app}.`) && name !== `${app}.json` && !kept.has(name)) await rm(this.pathOf(name))
    }
  }

  #recordOf(app: HandoverAppId): string {
    return join(this.#folder, `${app}.json`)
  }
}
