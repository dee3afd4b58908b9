import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from '../support/certificates.ts'

/** Latchkey's authority with its key, as somebody has them who can read the data directory. */
export async function readAuthority(dataDir: string): Promise<Certificate> {
  const stored = JSON.parse(await readFile(join(dataDir, 'lan-authority'), 'utf8')) as Record<
    'certificate' | 'key',
    string
  >
  return { cert: stored.certificate, key: stored.key }
}
