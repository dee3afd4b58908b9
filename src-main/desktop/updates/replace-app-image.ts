import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, realpath, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { moveFile } from '../../base/private-files.ts'

export interface Replacement {
  /** Path of the running AppImage. */
  readonly running: string
  /** Path of the downloaded AppImage. It is removed once it is in place, or if its hash is wrong. */
  readonly loaded: string
  /** SHA-512 in base64, as electron-builder writes it, or in hex. */
  readonly sha512: string
}

/**
 * Replaces the running AppImage with a newer one and returns its path. If it rejects, the running one is unchanged. It
 * places the bytes that it hashed: no other process can change them in between.
 */
export async function replaceAppImage({ running, loaded, sha512 }: Replacement): Promise<string> {
  const old = await realpath(running)
  const target = join(dirname(old), nameFor(basename(old), basename(loaded)))
  // In the same folder, so that the rename is one step.
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

/**
 * A name that contains the version gets the new version; a name that a person chose is kept. electron-updater does the
 * same.
 */
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
