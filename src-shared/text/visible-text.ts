import { PersonError } from './person-error.ts'

/**
 * Control characters, line breaks, bidirectional marks, invisible characters and lone surrogates. With them a name
 * could look like another name or send control sequences to a terminal. Joiners are allowed: Persian words and family
 * emoji need them.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/u
const ALL_UNSEEN = new RegExp(UNSEEN.source, 'gu')

/**
 * The visible part of a text that a program chose, on one line. It is at most `most` UTF-16 code units long.
 */
export function visiblePart(text: string, most: number): string {
  const visible = text.replace(ALL_UNSEEN, ' ').replace(/\s+/g, ' ').trim()
  return visible.length <= most ? visible : `${visible.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Throws a PersonError `text_unseen` if a name or a list entry contains an invisible character. */
export function checkVisible(text: string): void {
  if (!UNSEEN.test(text)) return
  throw new PersonError(
    'text_unseen',
    'A name or a list entry contains invisible characters, such as line breaks or marks that reverse the text. Remove them.',
  )
}
