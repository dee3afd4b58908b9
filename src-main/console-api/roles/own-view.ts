import { type ExchangeFilter, keysOf } from '#shared/gateway/exchange.ts'
import type { Caller } from '../caller.ts'
import type { ConsolePorts, OwnFacts } from '../ports.ts'
import { ownEvents } from './own-events.ts'
import { ownKeys } from './own-keys.ts'
import { ownLan, ownState } from './own-state.ts'
import { refuse, refused } from './refused.ts'

/** The operations that only operators have. A new operation is in neither list until somebody decides, and does not compile. */
const OPERATORS_ONLY = {
  checkUpstream: refused,
  credential: { status: refuse, change: refused },
  diagnostics: refuse,
  loginItem: { state: refused, change: refused },
  quit: refuse,
  update: { state: refuse, look: refused, load: refused, cancel: refused, install: refused },
  people: {
    list: refused,
    create: refused,
    change: refused,
    remove: refused,
    sessions: refused,
    endSessions: refused,
  },
  invitations: { list: refused, create: refused, recover: refused, revoke: refused },
  providers: { list: refused, setSecret: refused, check: refused },
  handover: { list: refused, plan: refused, apply: refused, undo: refused },
  limitQuestions: refuse,
  keysOfOrigin: refused,
  origins: { list: refused, decide: refused, label: refused, forget: refused },
  pairing: { list: refuse, approve: refused, decline: refused },
  audit: refused,
  database: refused,
  backups: { list: refused, create: refused, restore: refused },
  setup: { read: refused, adopt: refused },
  forget: refused,
  settings: { read: refuse, change: refused },
} satisfies Partial<ConsolePorts>

/**
 * The operations for somebody who is no operator: only what is theirs. What belongs to others is not found, as if it did
 * not exist.
 */
export function ownView(core: ConsolePorts, caller: Caller, facts: OwnFacts): ConsolePorts {
  const { personId } = caller
  const isOwn = (keyId: string) => facts.personOf(keyId) === personId
  const person = () => facts.person(personId) ?? gone(personId)
  const keyCount = () => facts.keysOf(personId).filter(({ deleted }) => !deleted).length
  const state = () => ownState(core.state(), person(), keyCount())
  return {
    ...OPERATORS_ONLY,
    state,
    network: core.network,
    lan: {
      state: async () => ownLan(await core.lan.state()),
      certificate: core.lan.certificate,
      replaceAuthority: refused,
    },
    tryChat: core.tryChat,
    me: core.me,
    keys: ownKeys(core.keys, caller, facts),
    keyUses: async () => (await core.keyUses()).filter(({ keyId }) => isOwn(keyId)),
    keyPlaces: async (id) => (isOwn(id) ? core.keyPlaces(id) : undefined),
    quotas: async () => (await core.quotas()).filter((quota) => quota.personId === personId),
    usage: (query) => core.usage({ ...query, person: personId }),
    async exchanges(page) {
      const own = ownFilter(page, caller, facts)
      return own === undefined ? [] : core.exchanges(own)
    },
    async exportExchanges(filter) {
      const own = ownFilter(filter, caller, facts)
      return own === undefined ? NO_EXCHANGES : core.exportExchanges(own)
    },
    subscribe: (listener) => core.subscribe(ownEvents({ personId, facts, state, look: looksOf(core) }, listener)),
    asset: core.asset,
  }
}

/** What the person may see of other devices and of their ways in, without the times of use. */
function looksOf({ lan, me }: Pick<ConsolePorts, 'lan' | 'me'>) {
  return {
    lan: async () => ownLan(await lan.state()),
    sessions: async () => [
      (await me.read()).credentials.map(({ id, name }) => [id, name]),
      (await me.sessions()).map(({ id }) => id),
    ],
  }
}

/** The filter, limited to the person's keys; undefined if no exchange can match. */
function ownFilter<F extends ExchangeFilter>(filter: F, { personId }: Caller, facts: OwnFacts): F | undefined {
  const wanted = keysOf(filter)
  const keys = facts.keysOf(personId).map(({ key }) => key.id)
  const own = wanted === undefined ? keys : keys.filter((id) => wanted.includes(id))
  // An empty filter would select the exchanges without a key.
  return own.length === 0 ? undefined : { ...filter, key: own.join(',') }
}

const NO_EXCHANGES = { count: 0, batches: { async *[Symbol.asyncIterator]() {} } }

/** A session ends with its person, so nobody comes here by the console's own way. */
function gone(personId: string): never {
  throw new Error(`there is no person ${personId}`)
}
