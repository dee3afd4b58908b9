import { Stack, Switch, TagsInput } from '@mantine/core'
import type { Person } from '#shared/people/person.ts'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'
import { Amounts, type LimitDraft, ModelsField, OriginsField } from './limit-fields.tsx'

/** The limits of a person or an invitation. */
export interface PersonLimitDraft extends LimitDraft {
  hours: string[]
  online: boolean
}

/** The limits in the form of the API, in which null means no limit. */
export type PersonLimits = Pick<
  Person,
  'models' | 'origins' | 'hours' | 'online' | 'requestsPerMinute' | 'tokensPerDay' | 'concurrency'
>

export function limitDraftOf(limits: PersonLimits | undefined): PersonLimitDraft {
  return {
    models: limits?.models ?? [],
    origins: limits?.origins ?? [],
    hours: limits?.hours ?? [],
    online: limits?.online ?? true,
    requestsPerMinute: limits?.requestsPerMinute ?? '',
    tokensPerDay: limits?.tokensPerDay ?? '',
    concurrency: limits?.concurrency ?? '',
  }
}

export function limitsIn(draft: PersonLimitDraft): PersonLimits {
  return {
    models: listOrNull(draft.models),
    origins: listOrNull(draft.origins),
    hours: listOrNull(draft.hours),
    online: draft.online,
    requestsPerMinute: numberOrNull(draft.requestsPerMinute),
    tokensPerDay: numberOrNull(draft.tokensPerDay),
    concurrency: numberOrNull(draft.concurrency),
  }
}

const listOrNull = (list: string[]) => (list.length === 0 ? null : list)
const numberOrNull = (value: number | '') => (value === '' ? null : value)

/** True if the person or invitation is limited in any way. */
export function isLimited(limits: PersonLimits): boolean {
  const { online, ...others } = limits
  return !online || Object.values(others).some((limit) => limit !== null)
}

/** What restricts the person, in a few words each. */
export function restrictionsOn(limits: PersonLimits): string[] {
  const { models, origins, limits: amounts } = text.keys.restricted
  const { requestsPerMinute, tokensPerDay, concurrency } = limits
  return [
    limits.models !== null && models,
    limits.origins !== null && origins,
    limits.hours !== null && peopleText.limits.hours({ hours: limits.hours.join(', ') }),
    [requestsPerMinute, tokensPerDay, concurrency].some((limit) => limit !== null) && amounts,
    !limits.online && peopleText.limits.offline,
  ].filter((word) => word !== false)
}

interface LimitFieldsProps {
  draft: PersonLimitDraft
  onChange: (patch: Partial<PersonLimitDraft>) => void
}

export function PersonLimitFields({ draft, onChange }: LimitFieldsProps) {
  return (
    <Stack pt="sm">
      <Amounts draft={draft} onChange={onChange} />
      <TagsInput
        label={peopleText.limits.hoursLabel}
        description={peopleText.limits.hoursHint}
        value={draft.hours}
        clearButtonProps={{ 'aria-label': text.shell.clear }}
        onChange={(hours) => onChange({ hours })}
      />
      <ModelsField draft={draft} onChange={onChange} />
      <OriginsField draft={draft} onChange={onChange} />
      <Switch
        label={text.keys.onlineLabel}
        description={peopleText.limits.onlineHint}
        checked={draft.online}
        onChange={(event) => onChange({ online: event.currentTarget.checked })}
      />
    </Stack>
  )
}
