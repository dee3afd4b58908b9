import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { DesktopText } from '../text/choose-text.ts'

const LONGEST = 48

/**
 * How an origin is called in a menu or a notification. Labels are free text and origins come from the network, so
 * what could re-order or break the line (control and bidirectional characters) is dropped and the length is capped.
 */
export function originName(record: Pick<OriginRecord, 'origin' | 'label'>, text: DesktopText): string {
  if (record.label !== null) return tidy(record.label)
  if (record.origin === 'null') return text.question.noAddress
  return tidy(record.origin)
}

/** How a key is called there: its name is free text too. */
export function keyName({ name }: Pick<Key, 'name'>): string {
  return tidy(name)
}

function tidy(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim()
  const characters = Array.from(new Intl.Segmenter().segment(plain), ({ segment }) => segment)
  return characters.length <= LONGEST ? plain : `${characters.slice(0, LONGEST - 1).join('')}…`
}
