import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, realpath, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { moveFile } from '../../base/private-files.ts'

export interface Replacement {
  /** The AppImage that runs. */
  readonly running: string
  /** The newer one, wherever it was loaded to. Removed when it is in place, and when it is not what was loaded. */
  readonly loaded: string
  /** In base64, as electron-builder writes it, or in hex. */
  readonly sha512: string
}

/**
 * Puts a newer AppImage in the place of the one that runs, and returns its path. When it rejects, the one that runs is
 * there as it was. What is put there is what was hashed: nothing else can be written to in between.
 */
export async function replaceAppImage({ running, loaded, sha512 }: Replacement): Promise<string> {
  const old = await realpath(running)
  const target = join(dirname(old), nameFor(basename(old), basename(loaded)))
  // Beside it, so that the rename is one step.
  const copy = join(dirname(old), `.${basename(target)}.new`)
  try {
    await copyChecked({ from: loaded, to: copy, sha512 })
    moveFile(copy, target)
  } catch (error) {
    await rm(copy, { force: true })
    throw error
  }
  if (target !== old) await rm(old, { force: true })
  await rm(loaded, { force: true })
  return target
}

/** A name with a version in it follows the version; one that a person chose stays. As electron-updater does it. */
function nameFor(old: string, loaded: string): string {
  return /\d+\.\d+\.\d+/.test(old) && loaded.endsWith('.AppImage') ? loaded : old
}

async function copyChecked({ from, to, sha512 }: { from: string; to: string; sha512: string }): Promise<void> {
  const hash = createHash('sha512')
  await rm(to, { force: true })
  await pipeline(
    createReadStream(from),
    async function* hashed(pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hash.update(piece)
        yield piece
      }
    },
    createWriteStream(to, { flags: 'wx', flush: true }),
  )
  if (!hash.digest().equals(Buffer.from(sha512, sha512.length === 128 ? 'hex' : 'base64'))) {
    await rm(from, { force: true })
    throw Object.assign(new Error('the loaded file has changed'), { code: 'ERR_CHECKSUM_MISMATCH' })
  }
  await chmod(to, 0o755)
}
