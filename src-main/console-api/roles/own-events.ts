import { isDeepStrictEqual } from 'node:util'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { OwnFacts } from '../ports.ts'

/** Somebody who is no operator, with what they last saw. */
interface Receiver {
  readonly personId: string
  readonly facts: OwnFacts
  readonly state: () => AppState
  /** What they may see of something that is read with a promise. */
  readonly look: Readonly<Record<LookedAt, () => Promise<unknown>>>
  /** True if what they see of something is not what they last saw. */
  readonly isNew: (name: 'state' | 'keys' | 'person' | LookedAt, value: unknown) => boolean
}

type LookedAt = 'lan' | 'sessions'

type EventOf<T extends AppEvent['type']> = Extract<AppEvent, { type: T }>
type Told = AppEvent | undefined
type Rule<T extends AppEvent['type']> = (event: EventOf<T>, receiver: Receiver) => Told | Promise<Told>

const everyone = <E extends AppEvent>(event: E) => event
const operators = () => undefined

/** What cannot be read counts as new, because the person must not miss a change. */
async function ifNew(event: EventOf<LookedAt>, { look, isNew }: Receiver): Promise<Told> {
  const value = await look[event.type]().catch(() => Symbol('unread'))
  return isNew(event.type, value) ? event : undefined
}

/**
 * What of each event reaches somebody who is no operator. An event without content reaches them only if something of
 * theirs has changed, because any other would tell that somebody else does something.
 */
const RULES: { readonly [T in AppEvent['type']]: Rule<T> } = {
  exchange: (event, { personId, facts }) => {
    const { keyId } = event.exchange
    return keyId !== null && facts.personOf(keyId) === personId ? event : undefined
  },
  state: (_, { state, isNew }) => {
    const own = state()
    return isNew('state', withoutTime(own)) ? { type: 'state', state: own } : undefined
  },
  keys: (event, { personId, facts, isNew }) => (isNew('keys', keysIn(facts, personId)) ? event : undefined),
  people: (event, { personId, facts, isNew }) => (isNew('person', facts.person(personId)) ? event : undefined),
  'quota-warning': (event, { personId }) => (event.quota.personId === personId ? event : undefined),
  'key-expires': (event, { personId }) => (event.key.person === personId ? event : undefined),
  sessions: ifNew,
  lan: ifNew,
  replaced: everyone,
  'join-question': operators,
  invitations: operators,
  origins: operators,
  question: operators,
  'online-question': operators,
  'other-app-question': operators,
  'limit-question': operators,
  'pairing-question': operators,
  'pairing-change': operators,
  settings: operators,
  update: operators,
}

/**
 * Turns the events of everybody into those of one person who is no operator. `state` is the state as that person may
 * see it; they have seen it already.
 */
export function ownEvents(
  { personId, facts, state, look }: Omit<Receiver, 'isNew'>,
  listener: (event: AppEvent) => void,
): (event: AppEvent) => void {
  const seen = new Map<string, unknown>([
    ['state', withoutTime(state())],
    ['keys', keysIn(facts, personId)],
    ['person', facts.person(personId)],
  ])
  const isNew: Receiver['isNew'] = (name, value) => {
    if (isDeepStrictEqual(seen.get(name), value)) return false
    seen.set(name, value)
    return true
  }
  const receiver = { personId, facts, state, look, isNew }
  for (const type of ['lan', 'sessions'] as const) void ifNew({ type }, receiver)
  const tell = (event: Told) => event !== undefined && listener(event)
  return (event) => {
    const own = ruleOf(event)(event, receiver)
    if (own instanceof Promise) void own.then(tell)
    else tell(own)
  }
}

function ruleOf<T extends AppEvent['type']>({ type }: { type: T }): Rule<T> {
  return RULES[type]
}

/** A repeated check of the upstream with the same result is not a change. */
function withoutTime(state: AppState): AppState {
  return { ...state, upstream: { ...state.upstream, checkedAt: 0 } }
}

/** The keys of a person. Their last use is not a change of a key. */
function keysIn(facts: OwnFacts, personId: string): unknown {
  return facts.keysOf(personId).map(({ key, deleted }) => ({ ...key, lastUsedAt: null, deleted }))
}
