import { linkAppName } from '#shared/keys/link-apps.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { originName } from '../../parts/origins/origin-name.ts'
import { formatDate, formatList } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { expiryOf, type KeyDraft } from './key-draft.ts'

interface KeySummaryProps {
  draft: KeyDraft
  /** The key's current date, for `keep`. */
  expiresAt: number | null
}

/** Describes in sentences what the key may do. */
export function KeySummary({ draft, expiresAt }: KeySummaryProps) {
  return (
    <Callout kind="plain" title={text.keys.summary.title}>
      {sentencesOf(draft, expiresAt).join(' ')}
    </Callout>
  )
}

function sentencesOf(draft: KeyDraft, expiresAt: number | null): string[] {
  const { summary } = text.keys
  const until = expiryOf(draft.expiry, expiresAt, Date.now())
  const limits = limitsOf(draft)
  return [
    mayOf(draft),
    draft.models.length > 0 && summary.models({ models: formatList(draft.models) }),
    draft.origins.length > 0 && summary.origins({ origins: formatList(draft.origins.map(nameOf)) }),
    draft.endpoints.length > 0 && summary.endpoints({ endpoints: formatList(draft.endpoints) }),
    limits.length > 0 && summary.limits({ limits: formatList(limits) }),
    draft.allowInUrl && summary.inUrl,
    draft.app !== null && summary.app({ app: linkAppName(draft.app) }),
    until === null ? summary.forever : summary.until({ date: formatDate(until) }),
    draft.online ? summary.online : summary.staysHere,
  ].filter((sentence) => sentence !== false)
}

function mayOf({ scopes }: KeyDraft): string {
  const { summary } = text.keys
  if (scopes.length === 0) return summary.mayNothing
  return scopes.includes('all')
    ? summary.mayAll
    : summary.may({ scopes: formatList(scopes.map((scope) => text.words.scopes[scope])) })
}

function limitsOf({ requestsPerMinute, tokensPerDay, concurrency }: KeyDraft): string[] {
  const { perMinute, perDay, atOnce } = text.keys.summary
  return [
    requestsPerMinute !== '' && perMinute({ count: requestsPerMinute }),
    tokensPerDay !== '' && perDay({ count: tokensPerDay }),
    concurrency !== '' && atOnce({ count: concurrency }),
  ].filter((limit) => limit !== false)
}

const nameOf = (origin: string) => originName({ origin, label: null })
