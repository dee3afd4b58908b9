import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Firewall } from '#shared/lan/firewall.ts'
import { thisSystem } from '../this-system.ts'
import type { FirewallFacts } from './firewall.ts'

const TIMEOUT_MS = 3_000
/** Readable by all users, in contrast to the rules themselves. */
const UFW_FILE = '/etc/ufw/ufw.conf'

/** Finds the firewalls that are active, without root. Unknown counts as inactive. */
export async function readFirewallFacts(): Promise<FirewallFacts> {
  const system = thisSystem()
  if (system !== 'linux') return { system, active: [] }
  const [firewalld, nftables, unit] = await Promise.all([
    isActive('firewalld'),
    isActive('nftables'),
    systemctl('show', 'latchkey.service', '--property=LoadState,ActiveState,IPAddressDeny'),
  ])
  const found: Readonly<Record<Exclude<Firewall, 'mac' | 'windows'>, boolean>> = {
    ufw: isUfwOn(),
    firewalld,
    nftables,
    unit: deniesAddresses(unit),
  }
  return { system, active: (Object.keys(found) as (keyof typeof found)[]).filter((name) => found[name]) }
}

function isUfwOn(): boolean {
  try {
    return /^ENABLED=yes\s*$/m.test(readFileSync(UFW_FILE, 'utf8'))
  } catch {
    return false
  }
}

async function isActive(service: string): Promise<boolean> {
  return (await systemctl('is-active', service)).trim() === 'active'
}

/** True if a unit runs that refuses addresses (systemd.resource-control(5), IPAddressDeny). */
export function deniesAddresses(shown: string): boolean {
  return /^ActiveState=active$/m.test(shown) && /^IPAddressDeny=.+$/m.test(shown)
}

/** Its output; empty if it fails, as it does for an inactive service. */
async function systemctl(...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)('systemctl', args, { timeout: TIMEOUT_MS })).stdout
  } catch {
    return ''
  }
}
