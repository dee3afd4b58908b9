import type { Key } from '#shared/keys/key.ts'
import type { Period } from '#shared/usage/usage.ts'
import type { AccessRoom } from '../access/create-access.ts'
import type { OwnRoutes } from '../gateway/ports.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Usage } from '../usage/create-usage.ts'

export interface OwnRoutesOptions {
  readonly access: Pick<AccessRoom, 'allowanceOf'>
  readonly usage: Pick<Usage, 'ownUsage'>
  readonly metrics: Pick<Metrics, 'text'>
  readonly now: () => number
}

/**
 * A report over years takes a tenth of a second. Whoever asks without end gets the same one for twenty times what it
 * took to make: a twentieth of the processor at most, and a small report is always of now.
 */
const FRESH_FOR_TIMES = 20

/** What the gateway answers by itself, in the shapes that programs know from LocalAI. */
export function createOwnRoutes({ access, usage, metrics, now }: OwnRoutesOptions): OwnRoutes {
  const answers = new Map<string, { until: number; readonly answer: Promise<object> }>()

  function cached(place: string, make: () => Promise<object>): Promise<object> {
    const askedAt = now()
    for (const [name, { until }] of answers) if (askedAt >= until) answers.delete(name)
    const known = answers.get(place)
    if (known !== undefined) return known.answer
    const made = { until: Number.POSITIVE_INFINITY, answer: make() }
    answers.set(place, made)
    const age = () => {
      made.until = now() + FRESH_FOR_TIMES * (now() - askedAt)
    }
    made.answer.then(age, () => answers.delete(place))
    return made.answer
  }

  return {
    key: (key) => describeKey(key, access),
    usage(key, period) {
      const keyId = seesAll(key) ? undefined : key.id
      return cached(`${period} ${keyId ?? ''}`, () => localAiUsage(usage, period, keyId))
    },
    metrics: metrics.text,
  }
}

function seesAll({ scopes }: Key): boolean {
  return scopes.includes('usage') || scopes.includes('all')
}

/** Never more of a key than its holder can find out by trying. */
function describeKey(key: Key, access: OwnRoutesOptions['access']) {
  const left = access.allowanceOf(key)
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

/** LocalAI's `GET /api/usage`, and one count more: answers that did not say what they used. */
async function localAiUsage(usage: OwnRoutesOptions['usage'], period: Period, keyId: string | undefined) {
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
