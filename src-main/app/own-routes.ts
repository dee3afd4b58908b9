import type { Key } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import type { OwnKey, OwnUsage } from '#shared/own-routes/own-answers.ts'
import type { Period } from '#shared/usage/usage.ts'
import type { AccessRoom } from '../access/access-room.ts'
import type { OwnRoutes } from '../gateway/ports.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { UsageRoom } from '../usage/usage-room.ts'

export interface OwnRoutesOptions {
  readonly access: Pick<AccessRoom, 'allowanceOf'>
  readonly usage: Pick<UsageRoom, 'ownUsage'>
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
    return describeKey(key, this.#options.access.allowanceOf(key))
  }

  usage(key: Key, period: Period): Promise<object> {
    const keyId = seesAll(key) ? undefined : key.id
    return this.#reports.get(`${period} ${keyId ?? ''}`, () => localAiUsage(this.#options.usage, period, keyId))
  }

  metrics(): Promise<{ readonly text: string; readonly contentType: string }> {
    return this.#options.metrics.text()
  }
}

function seesAll({ scopes }: Key): boolean {
  return scopes.includes('usage') || scopes.includes('all')
}

/** Contains only facts that the key's holder could find out by trying. */
function describeKey(key: Key, left: Allowance): OwnKey {
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    endpoints: key.endpoints,
    models: key.models,
    online: key.online,
    expires_at: iso(key.expiresAt),
    limits: {
      requests_per_minute: key.requestsPerMinute,
      tokens_per_day: key.tokensPerDay,
      concurrency: key.concurrency,
    },
    left: {
      requests_this_minute: left.requestsThisMinute,
      tokens_today: left.tokensToday,
      at_the_same_time: left.atTheSameTime,
      day_ends_at: iso(left.dayEndsAt),
    },
  }
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

/** LocalAI's `GET /api/usage` plus `unmetered_count`, the number of answers without token counts. */
async function localAiUsage(
  usage: OwnRoutesOptions['usage'],
  period: Period,
  keyId: string | undefined,
): Promise<OwnUsage> {
  const { rows, totals } = await usage.ownUsage({ period, ...(keyId === undefined ? {} : { keyId }) })
  return {
    usage: rows.map((row) => ({
      bucket: row.bucket,
      model: row.model,
      user_id: row.key,
      user_name: row.label,
      prompt_tokens: row.promptTokens,
      completion_tokens: row.completionTokens,
      total_tokens: row.totalTokens,
      request_count: row.requests,
      unmetered_count: row.unmetered,
    })),
    totals: {
      prompt_tokens: totals.promptTokens,
      completion_tokens: totals.completionTokens,
      total_tokens: totals.totalTokens,
      request_count: totals.requests,
      unmetered_count: totals.unmetered,
    },
  }
}
