import { Text } from '@mantine/core'
import { linkAppName } from '#shared/keys/link-apps.ts'
import type { Quota } from '#shared/people/quota.ts'
import { useQuotas } from '../../api/queries.ts'
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
  const quota = useQuotas().data?.find(({ personId }) => personId === draft.person)
  return (
    <Callout kind="plain" title={text.keys.summary.title}>
      {sentencesOf(draft, expiresAt).join(' ')}
      {quota !== undefined && <PersonRules quota={quota} draft={draft} />}
    </Callout>
  )
}

/** The limits of the key's person, which the key shares with their other keys. */
function PersonRules({ quota, draft }: { quota: Quota; draft: KeyDraft }) {
  const { summary } = text.keys
  const rules = [
    ...listsOf(quota),
    quota.hours !== null && summary.hours({ hours: formatList(quota.hours) }),
    !quota.online && draft.online && summary.staysHere,
  ].filter((sentence) => sentence !== false)
  if (rules.length === 0) return null
  return <Text mt="xs">{[summary.person({ name: quota.name }), ...rules].join(' ')}</Text>
}

function sentencesOf(draft: KeyDraft, expiresAt: number | null): string[] {
  const { summary } = text.keys
  const until = expiryOf(draft.expiry, expiresAt, Date.now())
  return [
    mayOf(draft),
    ...listsOf(draft),
    draft.endpoints.length > 0 && summary.endpoints({ endpoints: formatList(draft.endpoints) }),
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

/** Of a draft, or of a person: an empty list, `''` and null mean no limit. */
interface Limited {
  readonly models: readonly string[] | null
  readonly origins: readonly string[] | null
  readonly requestsPerMinute: number | '' | null
  readonly tokensPerDay: number | '' | null
  readonly concurrency: number | '' | null
}

function listsOf(limited: Limited): string[] {
  const { summary } = text.keys
  const [models, origins, limits] = [limited.models ?? [], limited.origins ?? [], limitsOf(limited)]
  return [
    models.length > 0 && summary.models({ models: formatList(models) }),
    origins.length > 0 && summary.origins({ origins: formatList(origins.map(nameOf)) }),
    limits.length > 0 && summary.limits({ limits: formatList(limits) }),
  ].filter((sentence) => sentence !== false)
}

function limitsOf({ requestsPerMinute, tokensPerDay, concurrency }: Limited): string[] {
  const { perMinute, perDay, atOnce } = text.keys.summary
  return [
    isSet(requestsPerMinute) && perMinute({ count: requestsPerMinute }),
    isSet(tokensPerDay) && perDay({ count: tokensPerDay }),
    isSet(concurrency) && atOnce({ count: concurrency }),
  ].filter((limit) => limit !== false)
}

function isSet(limit: number | '' | null): limit is number {
  return typeof limit === 'number'
}

const nameOf = (origin: string) => originName({ origin, label: null })
