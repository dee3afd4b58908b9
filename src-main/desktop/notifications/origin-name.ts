import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { DesktopText } from '../text/choose-text.ts'

const LONGEST = 48

/**
 * The name of an origin in a menu or a notification. Labels are free text and origins come from the network. So
 * characters that could reorder or break the line (control and bidirectional ones) are removed, and the length is
 * capped.
 */
export function originName(record: Pick<OriginRecord, 'origin' | 'label'>, text: DesktopText): string {
  if (record.label !== null) return tidy(record.label)
  if (record.origin === 'null') return text.question.noAddress
  return tidy(record.origin)
}

/** The name of a key in a menu or a notification. It is free text too. */
export function keyName({ name }: Pick<Key, 'name'>): string {
  return tidy(name)
}

/** The name of a person, as free as that of a key. */
export function personName({ name }: { readonly name: string }): string {
  return tidy(name)
}

/** How an app that asks for a key is called there, by the name that its key would get. */
export function appName({ name }: { readonly name: string }): string {
  return tidy(name)
}

/** How the system calls a program. */
export function programName({ name }: { readonly name: string }): string {
  return tidy(name)
}

function tidy(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim()
  const characters = Array.from(new Intl.Segmenter().segment(plain), ({ segment }) => segment)
  return characters.length <= LONGEST ? plain : `${characters.slice(0, LONGEST - 1).join('')}…`
}
