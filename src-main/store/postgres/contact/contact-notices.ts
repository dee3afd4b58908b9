import { plural } from '#shared/text/plural.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import type { ContactState } from './contact.ts'
import type { LastContact } from './last-contact.ts'

/** What the person should know of lost contact. The same for as long as the state is the same. */
export function contactNotices(state: ContactState, last: Pick<LastContact, 'at' | 'limitMs'>): Problem[] {
  if (state === 'here') return []
  const since = new Date(last.at).toTimeString().slice(0, 5)
  if (state === 'closed') return [problem('database_closed', closedSentence(since), { since })]
  const minutes = Math.round(last.limitMs / 60_000)
  return [problem('database_lost', lostSentence(since, minutes), { since, minutes: String(minutes) })]
}

function lostSentence(since: string, minutes: number): string {
  const until = `After ${plural(minutes, 'minute')} without it, every request is refused.`
  return `Latchkey has not reached its database since ${since}. It goes on with what it knows, and nothing can be changed. ${until}`
}

function closedSentence(since: string): string {
  return `Latchkey has not reached its database since ${since}, so it refuses every request until the database is back.`
}
