import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes this file a trusted authority in a certificate database of Firefox or Chromium, as their settings would. */
export async function trustInNss(directory: string, file: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const database = ['-d', `sql:${directory}`]
  if (!existsSync(join(directory, 'cert9.db'))) certutil(...database, '-N', '--empty-password')
  certutil(...database, '-A', '-n', 'Latchkey', '-t', 'C,,', '-i', file)
}

function certutil(...args: readonly string[]): void {
  execFileSync('certutil', args, { stdio: 'pipe' })
}
