import type { DatabaseState } from '#shared/console-api/database.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'
import type { CoreClient } from '../core-client.ts'
import type { Finding } from './finding.ts'

/** Partitions can be detached without holding up others since this version. */
const OLDEST_POSTGRES = 14
const MOST_CLOCK_MS = 5_000

/** Also while the database does not answer: then somebody looks. */
export async function examineDatabase(core: Pick<CoreClient, 'call'>): Promise<Finding[]> {
  try {
    return databaseFindings((await core.call('GET /api/database', {})).database)
  } catch (error) {
    if (!(error instanceof PersonError && error.code === 'database_away')) throw error
    const fix = 'Check that PostgreSQL runs, and the network between. Latchkey goes on by itself when it is back.'
    return [{ check: 'database', ok: false, sentence: 'The shared database does not answer.', fix }]
  }
}

/** No finding without a shared database. */
export function databaseFindings(state: DatabaseState | null): Finding[] {
  if (state === null) return []
  return [mainFinding(state), ...versionFindings(state), ...clockFindings(state), ...gatewayFindings(state)]
}

function mainFinding({ version, encrypted, schema, gateways }: DatabaseState): Finding {
  const how = encrypted ? 'encrypted' : 'not encrypted'
  const names = gateways.map(({ name }) => name).join(', ')
  const used = `${plural(gateways.length, 'gateway uses', 'gateways use')} it now: ${names}.`
  const sentence = `The data is in PostgreSQL ${version} (${how}, schema ${schema}). ${used}`
  return { check: 'database', ok: true, sentence, fix: null }
}

function versionFindings({ version }: DatabaseState): Finding[] {
  if (Number.parseInt(version, 10) >= OLDEST_POSTGRES) return []
  const sentence = `PostgreSQL ${version} is too old for Latchkey.`
  return [{ check: 'database', ok: false, sentence, fix: `Upgrade it to version ${OLDEST_POSTGRES} or newer.` }]
}

function clockFindings({ clockAheadMs }: DatabaseState): Finding[] {
  if (Math.abs(clockAheadMs) <= MOST_CLOCK_MS) return []
  const seconds = plural(Math.round(Math.abs(clockAheadMs) / 1000), 'second')
  const sentence = `The clock of this computer is ${seconds} ${clockAheadMs > 0 ? 'ahead of' : 'behind'} the database’s, so limits and reports are wrong.`
  return [{ check: 'database', ok: false, sentence, fix: 'Set the clocks of all computers by NTP.' }]
}

function gatewayFindings({ gateways, hasLeader, differentSettings }: DatabaseState): Finding[] {
  const findings: Finding[] = []
  const zones = new Set(gateways.map(({ timeZone }) => timeZone))
  if (zones.size > 1) {
    const sentence = `The gateways have different time zones (${[...zones].join(', ')}), so a day begins at different times.`
    findings.push({ check: 'database', ok: false, sentence, fix: 'Set TZ to the same time zone at each gateway.' })
  }
  if (differentSettings.length > 0) {
    const sentence = `The gateways have different settings: ${differentSettings.join(', ')}.`
    const fix = 'Set them alike at each gateway (latchkey settings set, or --setting).'
    findings.push({ check: 'database', ok: false, sentence, fix })
  }
  const versions = new Set(gateways.map(({ version }) => version))
  if (versions.size > 1) {
    const sentence = `The gateways have different versions of Latchkey (${[...versions].join(', ')}).`
    findings.push({ check: 'database', ok: false, sentence, fix: 'Finish the upgrade of all gateways.' })
  }
  // This command alone does no upkeep.
  if (!hasLeader && gateways.some(({ here }) => !here)) {
    const sentence = 'No gateway does the upkeep, so old requests stay and reports become slow.'
    findings.push({
      check: 'database',
      ok: false,
      sentence,
      fix: 'Look again in a minute. If it stays, see the log of each gateway.',
    })
  }
  return findings
}
