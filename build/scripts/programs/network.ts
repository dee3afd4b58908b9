import { spawnSync } from 'node:child_process'
import { installFromDebian } from './debian.ts'

/** Programs of the tests between computers, with their Debian packages. */
const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  tcpdump: 'tcpdump',
  curl: 'curl',
  openssl: 'openssl',
  nft: 'nftables',
  certutil: 'libnss3-tools',
}

/** Installs what is missing, on Linux as root; elsewhere these tests cannot run anyway. */
export function getNetworkPrograms(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  const missing = Object.entries(PACKAGES).filter(([program]) => spawnSync(program, ['--version']).error !== undefined)
  if (missing.length > 0) installFromDebian(missing.map(([, name]) => name))
}
