import { type ComboboxParsedItem, NumberInput, SimpleGrid, TagsInput } from '@mantine/core'
import { useMemo } from 'react'
import { useAppState, useOrigins } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import { MOST_LISTED, matching } from '../fields/choice-field.tsx'
import { originName } from '../origins/origin-name.ts'

/** The limits that keys and people have in common. An empty list or `''` means no limit. */
export interface LimitDraft {
  models: string[]
  origins: string[]
  requestsPerMinute: number | ''
  tokensPerDay: number | ''
  concurrency: number | ''
}

interface FieldProps {
  draft: LimitDraft
  onChange: (patch: Partial<LimitDraft>) => void
}

export function Amounts({ draft, onChange }: FieldProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} style={{ alignItems: 'end' }}>
      <Limit
        label={text.keys.rpmLabel}
        value={draft.requestsPerMinute}
        onChange={(requestsPerMinute) => onChange({ requestsPerMinute })}
      />
      <Limit
        label={text.keys.tokensLabel}
        value={draft.tokensPerDay}
        onChange={(tokensPerDay) => onChange({ tokensPerDay })}
      />
      <Limit
        label={text.keys.concurrencyLabel}
        value={draft.concurrency}
        onChange={(concurrency) => onChange({ concurrency })}
      />
    </SimpleGrid>
  )
}

const CLEAR = { 'aria-label': text.shell.clear }

/** An empty list allows everything; the placeholder says so. */
const placeholderOf = (list: string[]) => (list.length === 0 ? { placeholder: text.keys.modelsPlaceholder } : {})

export function ModelsField({ draft, onChange }: FieldProps) {
  const models = useAppState().data?.upstream.models ?? []
  return (
    <TagsInput
      label={text.keys.modelsLabel}
      description={text.keys.modelsHint}
      data={models}
      limit={MOST_LISTED}
      value={draft.models}
      {...placeholderOf(draft.models)}
      clearButtonProps={CLEAR}
      onChange={(models) => onChange({ models })}
    />
  )
}

export function OriginsField({ draft, onChange }: FieldProps) {
  const origins = useOrigins().data
  const names = useMemo(() => new Map(origins?.map((record) => [record.origin, originName(record)])), [origins])
  return (
    <TagsInput
      label={text.keys.originsLabel}
      description={text.keys.originsHint}
      data={[...names.keys()]}
      filter={({ options, search }) => matching(named(options, names), search)}
      limit={MOST_LISTED}
      renderOption={({ option }) => names.get(option.value)}
      value={draft.origins}
      {...placeholderOf(draft.origins)}
      clearButtonProps={CLEAR}
      onChange={(origins) => onChange({ origins })}
    />
  )
}

/** The options with their names, so that a search also finds an origin by its name. */
function named(options: ComboboxParsedItem[], names: ReadonlyMap<string, string>) {
  return options.flatMap((option) =>
    'group' in option ? [] : [{ value: option.value, label: names.get(option.value) ?? option.value }],
  )
}

interface LimitProps {
  label: string
  value: number | ''
  onChange: (value: number | '') => void
}

function Limit({ label, value, onChange }: LimitProps) {
  return (
    <NumberInput
      label={label}
      placeholder={text.keys.noLimit}
      value={value}
      min={1}
      allowDecimal={false}
      thousandSeparator
      onChange={(typed) => onChange(typed === '' ? '' : Number(typed))}
    />
  )
}
