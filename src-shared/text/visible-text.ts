import { PersonError } from './person-error.ts'

/**
 * Control characters, line breaks, bidirectional marks, invisible characters and lone surrogates. With them a name
 * could look like another name or send control sequences to a terminal. Joiners are allowed: Persian words and family
 * emoji need them.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/u

/** Throws a PersonError `text_unseen` if a name or a list entry contains an invisible character. */
export function checkVisible(text: string): void {
  if (!UNSEEN.test(text)) return
  throw new PersonError(
    'text_unseen',
    'A name or a list entry contains invisible characters, such as line breaks or marks that reverse the text. Remove them.',
  )
}
