import { bounded } from '#shared/records/recorded-text.ts'
import { type Problem, problem } from '#shared/text/problem.ts'

/** An unreadable row can contain anything, so its text is bounded. */
const SHOWN = { most: 100 }

/** A notice for the person. */
export function keyUnreadable(id: string): Problem {
  const sentence = `One key could not be read, so requests with it are refused; make a new one (${bounded(id, SHOWN)}).`
  return problem('key_unreadable', sentence, { id: bounded(id, SHOWN) })
}

/** A notice for the person. */
export function personUnreadable(id: string): Problem {
  const sentence = `A person could not be read, so their keys are refused; add the person again and give them the keys (${bounded(id, SHOWN)}).`
  return problem('person_unreadable', sentence, { id: bounded(id, SHOWN) })
}

/** A notice for the person. */
export function siteUnreadable(origin: string): Problem {
  const sentence = `Latchkey could not read the decision about the site ${bounded(origin, SHOWN)}; decide again.`
  return problem('site_unreadable', sentence, { origin: bounded(origin, SHOWN) })
}
