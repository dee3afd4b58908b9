import type { OriginRecord } from '#shared/origins/origin.ts'
import { originName } from '../../parts/origin-name.ts'

/** What a person calls the site of an exchange; null where there was none. */
export function siteNameOf(origin: string | null, known: readonly OriginRecord[]): string | null {
  if (origin === null) return null
  return originName(known.find((record) => record.origin === origin) ?? { origin, label: null })
}
