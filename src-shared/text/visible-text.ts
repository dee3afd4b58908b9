import { PersonError } from './person-error.ts'

/**
 * Control characters, line ends, marks that turn a text around or cannot be seen, and halves of characters. With them a
 * name could pass for another, or write to a terminal. Joiners stay: Persian words and family emoji need them.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/u

/** Throws a PersonError `text_unseen` for a name or an entry of a list that shows something else than it is. */
export function checkVisible(text: string): void {
  if (!UNSEEN.test(text)) return
  throw new PersonError(
    'text_unseen',
    'A name or an entry has characters that cannot be seen, such as line breaks or marks that reverse the text. Take them out.',
  )
}
