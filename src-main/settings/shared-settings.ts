import { createHash } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'

/** What people meet at any gateway of a shared database. Addresses, ports and the upstream are each gateway's own. */
const SAME_EVERYWHERE = [
  'unknownOrigins',
  'extraHosts',
  'consoleUrl',
  'registration',
  'localSignIn',
  'providers',
  'ownerEmail',
  'cookieCarrier',
  'retentionDays',
  'databaseGraceMinutes',
  'originsInMetrics',
] as const satisfies readonly (keyof Settings)[]

const LENGTH = 8

/** A short fingerprint of each setting that all gateways of a database should have alike, by its name. */
export function fingerprintsOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    SAME_EVERYWHERE.map((name) => {
      const hash = createHash('sha256').update(JSON.stringify(settings[name]))
      return [name, hash.digest('base64url').slice(0, LENGTH)]
    }),
  )
}
