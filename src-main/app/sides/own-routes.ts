import type { Key } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import type { OwnKey, OwnUsage } from '#shared/own-routes/own-answers.ts'
import type { Period } from '#shared/usage/usage.ts'
import type { AccessRoom } from '../../access/access-room.ts'
import type { OwnRoutes, OwnUsageQuery } from '../../gateway/ports.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { UsageRoom } from '../../usage/usage-room.ts'

export interface OwnRoutesOptions {
  readonly access: Pick<AccessRoom, 'allowanceOf' | 'personAllowanceOf' | 'personOf' | 'keyIdsOf'>
  readonly usage: Pick<UsageRoom, 'ownUsage'>
  /** The name of a person; for one who was removed, a word for that. */
  readonly personName: (id: string) => string
  /** True for the owner and admins. */
  readonly isOperator: (personId: string) => boolean
  readonly metrics: Pick<Metrics, 'text'>
  readonly now: () => number
}

/**
 * A report over years takes a tenth of a second. Results are cached for 20 times as long as they took to compute, so a
 * client that asks all the time uses at most a twentieth of the processor, and a cheap report is always live.
 */
const CACHED_FOR_TIMES = 20

/** Reports by name. Concurrent requests for the same report share one. */
class ReportCache {
  readonly #now: () => number
  readonly #reports = new Map<string, { until: number; readonly report: Promise<object> }>()

  constructor(now: () => number) {
    this.#now = now
  }

  get(name: string, create: () => Promise<object>): Promise<object> {
    const askedAt = this.#now()
    this.#dropOld(askedAt)
    const cached = this.#reports.get(name)
    if (cached !== undefined) return cached.report
    const entry = { until: Number.POSITIVE_INFINITY, report: create() }
    this.#reports.set(name, entry)
    const expireLater = () => {
      entry.until = this.#now() + CACHED_FOR_TIMES * (this.#now() - askedAt)
    }
    entry.report.then(expireLater, () => this.#reports.delete(name))
    return entry.report
  }

  #dropOld(time: number): void {
    for (const [name, { until }] of this.#reports) if (time >= until) this.#reports.delete(name)
  }
}

/** Latchkey's own routes. Usage has the shape of LocalAI's, because programs know it. */
export class OwnRouteAnswers implements OwnRoutes {
  readonly #options: OwnRoutesOptions
  readonly #reports: ReportCache

  constructor(options: OwnRoutesOptions) {
    this.#options = options
    this.#reports = new ReportCache(options.now)
  }

  key(key: Key): object {
    const { access } = this.#options
    return describeKey(key, access.allowanceOf(key), access.personAllowanceOf(key))
  }

  usage(key: Key, { period, personId, keyId }: OwnUsageQuery): Promise<object> {
    const { access } = this.#options
    const asked = [personId === null ? undefined : access.keyIdsOf(personId), keyId === null ? undefined : [keyId]]
    const keyIds = common([this.#visibleTo(key), ...asked])
    const name = `${period} ${keyIds?.join(' ') ?? 'all'}`
    return this.#reports.get(name, () => localAiUsage(this.#options, period, keyIds))
  }

  /** The keys whose usage a key may read; undefined for all keys. */
  #visibleTo(key: Key): readonly string[] | undefined {
    const { access, isOperator } = this.#options
    if (!key.scopes.includes('usage') && !key.scopes.includes('all')) return [key.id]
    return isOperator(key.person) ? undefined : access.keyIdsOf(key.person)
  }

  metrics(): Promise<{ readonly text: string; readonly contentType: string }> {
    return this.#options.metrics.text()
  }
}

/** The ids that are in all lists; undefined without a list. */
function common(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  return lists.reduce((some, ids) => {
    if (some === undefined || ids === undefined) return some ?? ids
    const others = new Set(ids)
    return some.filter((id) => others.has(id))
  })
}

/** Contains only facts that the key's holder could find out by trying. */
function describeKey(key: Key, left: Allowance, ofPerson: ReturnType<AccessRoom['personAllowanceOf']>): OwnKey {
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    endpoints: key.endpoints,
    models: key.models,
    online: key.online,
    expires_at: iso(key.expiresAt),
    limits: limitsOf(key),
    left: leftOf(left),
    person: {
      id: key.person,
      name: ofPerson?.person.name ?? '',
      hours: ofPerson?.person.hours ?? null,
      limits: limitsOf(ofPerson?.person ?? NO_LIMITS),
      left: leftOf(ofPerson?.left ?? left),
    },
  }
}

type Limited = Pick<Key, 'requestsPerMinute' | 'tokensPerDay' | 'concurrency'>

/** A person who was removed while the request ran. */
const NO_LIMITS: Limited = { requestsPerMinute: null, tokensPerDay: null, concurrency: null }

function limitsOf({ requestsPerMinute, tokensPerDay, concurrency }: Limited): OwnKey['limits'] {
  return { requests_per_minute: requestsPerMinute, tokens_per_day: tokensPerDay, concurrency }
}

function leftOf(left: Allowance): OwnKey['left'] {
  return {
    requests_this_minute: left.requestsThisMinute,
    tokens_today: left.tokensToday,
    at_the_same_time: left.atTheSameTime,
    day_ends_at: iso(left.dayEndsAt),
  }
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

/**
 * LocalAI's `GET /api/usage` plus the key, and `unmetered_count`, the number of answers without token counts. A person has
 * a row per key.
 */
async function localAiUsage(
  { usage, access, personName }: Pick<OwnRoutesOptions, 'usage' | 'access' | 'personName'>,
  period: Period,
  keyIds: readonly string[] | undefined,
): Promise<OwnUsage> {
  const { rows, totals } = await usage.ownUsage({ period, keyIds })
  return {
    usage: rows.map((row) => {
      const person = access.personOf(row.key)
      return {
        bucket: row.bucket,
        model: row.model,
        user_id: person,
        user_name: personName(person),
        key_id: row.key,
        key_name: row.label,
        prompt_tokens: row.promptTokens,
        completion_tokens: row.completionTokens,
        total_tokens: row.totalTokens,
        request_count: row.requests,
        unmetered_count: row.unmetered,
      }
    }),
    totals: {
      prompt_tokens: totals.promptTokens,
      completion_tokens: totals.completionTokens,
      total_tokens: totals.totalTokens,
      request_count: totals.requests,
      unmetered_count: totals.unmetered,
    },
  }
}
