import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach } from 'vitest'
import type { SecretVault } from '../../../src-main/base/host.ts'
import { openSecretFile } from '../../../src-main/headless/secret-file.ts'
import { AuthoritySource } from '../../../src-main/listeners/authority/authority-source.ts'
import { machineNames } from '../../../src-main/listeners/machine-names.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

const run = promisify(execFile)
export const DAY_MS = 86_400_000
export const NOW = Date.UTC(2026, 10, 30)

let dir: TempDir

/** Gives each test of a file a folder of its own. */
export function inOwnFolder(): void {
  beforeEach(async () => {
    dir = await createTempDir()
  })
  afterEach(() => dir.remove())
}

/** What an authority depends on. The test changes it in place. */
export interface World {
  now: number
  system: string
  addresses: string[]
  vault: SecretVault
  log: string
}

export const newWorld = (changes: Partial<World> = {}): World => ({
  now: NOW,
  system: 'kitchen-pc',
  addresses: ['192.168.1.5', 'fd00::2'],
  vault: vaultFile(),
  log: '',
  ...changes,
})

/** The vault of a computer without a desktop. */
export const vaultFile = () => openSecretFile(dir.path, 'lan-authority')

export const path = (name: string) => join(dir.path, name)
export const folder = () => path('lan')
export const file = (name: string) => join(folder(), name)

/** An authority that has made its certificate, if it could. */
export async function opened(world: World): Promise<AuthoritySource> {
  const write = (details: object, message: string) => (world.log += `${message} ${JSON.stringify(details)}\n`)
  const source = new AuthoritySource({
    folder: folder(),
    vault: world.vault,
    names: () => machineNames(world.system),
    addresses: () => world.addresses,
    now: () => world.now,
    log: { info: write, warn: write },
  })
  await source.look()
  return source
}

/** What `openssl verify` says of a certificate that the authority signed, as a client in TLS would judge it. */
export async function judge(authority: string, leaf: string, ...more: string[]): Promise<string> {
  await Promise.all([writeFile(path('a.pem'), authority), writeFile(path('l.pem'), leaf)])
  const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', path('a.pem')]
  return run('openssl', [...args, ...more, path('l.pem')]).then(
    ({ stdout }) => stdout.trim().split(': ').at(-1) ?? '',
    ({ stderr }: { stderr: string }) => /error \d+ at \d+ depth lookup: ?(.*)/.exec(stderr)?.[1] ?? stderr,
  )
}
