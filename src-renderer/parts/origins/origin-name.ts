import { isExtension, type OriginRecord } from '#shared/origins/origin.ts'
import { OTHER } from '#shared/records/recorded-text.ts'
import { text } from '../../text/text.ts'

/** The name of an origin for the person. */
export function originName(origin: Pick<OriginRecord, 'origin' | 'label'>): string {
  if (origin.label !== null) return origin.label
  if (origin.origin === OTHER) return text.words.otherSites
  if (origin.origin === 'null') return text.words.nullOrigin
  const bare = origin.origin.replace(/^(?:https?|app):\/\//, '')
  return isExtension(bare) ? `${text.words.extension} ${bare.replace(/^.*:\/\//, '').slice(0, 8)}…` : bare
}

/** The name of the site that sent a request. Origins that are not in `known` have no label. */
export function siteNameOf(origin: string, known: readonly OriginRecord[]): string {
  return originName(known.find((record) => record.origin === origin) ?? { origin, label: null })
}
