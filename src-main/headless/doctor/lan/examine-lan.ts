import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { AppState } from '#shared/console-api/state.ts'
import type { CoreClient } from '../../core-client.ts'
import { readFirewallFacts } from './firewall-facts.ts'
import type { LanExamined } from './lan-findings.ts'

/** The authority with its key, and the certificate with its key. A desktop with an open keyring has only the last. */
const KEY_FILES = ['lan-authority', join('lan', 'authority-key.json'), join('lan', 'certificate.pem')]

interface About {
  readonly gateway: AppState['gateway']
  readonly dataDir: string
  readonly now: number
}

/** Reads what the findings about other devices need. */
export async function examineLan(core: CoreClient, { gateway, dataDir, now }: About): Promise<LanExamined> {
  return {
    gateway,
    now,
    lan: await core.call('GET /api/lan', {}),
    hostName: hostname(),
    firewall: await readFirewallFacts(),
    openKeyFiles: KEY_FILES.map((name) => join(dataDir, name)).filter(isOpenToOthers),
    running: core.beside,
  }
}

function isOpenToOthers(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
  // On Windows the mode says nothing about other users.
  return process.platform !== 'win32' && (mode & 0o077) !== 0
}
