import { REMOVED_PERSON } from '#shared/people/person-id.ts'
import { OTHER } from '#shared/records/recorded-text.ts'
import type { Dimension, TimedSums, UsageReport } from '#shared/usage/usage.ts'
import { taskName } from '../../parts/exchanges/exchange-text.ts'
import { modelText } from '../../parts/exchanges/recorded-names.ts'
import { text } from '../../text/text.ts'

export interface ValueSums extends TimedSums {
  /** The model, key id, origin, route or person's id. */
  readonly value: string
  readonly label: string
}

/** A report's sums for each value of its dimension, most tokens first. */
export function sumsByValue(report: UsageReport): ValueSums[] {
  return report.values.map((sums) => ({ ...sums, label: labelOf(report.by, sums.value, sums.label) }))
}

const NOTHING: Record<Dimension, string> = {
  model: text.words.noModel,
  key: text.words.noKey,
  origin: text.words.noOrigin,
  route: text.words.noRoute,
  person: text.words.noPerson,
}

function labelOf(by: Dimension, value: string, label: string): string {
  if (value === '') return NOTHING[by]
  if (by === 'model') return modelText(value)
  if (by === 'person' && value === REMOVED_PERSON) return text.words.removedPerson
  if (by === 'origin' && value === OTHER) return text.words.otherSites
  if (by === 'route') return taskLabel(value)
  return label === '' ? value : label
}

/** Several routes have the same task, so the label also contains the route. */
function taskLabel(route: string): string {
  const name = taskName(route)
  return name === undefined || route === 'unknown' ? (name ?? route) : `${name} · ${route}`
}
