import { type ComboboxParsedItem, NumberInput, SimpleGrid, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useMemo } from 'react'
import { linkAppName } from '#shared/keys/link-apps.ts'
import { useAppState, useOrigins } from '../../api/queries.ts'
import { MOST_LISTED, matching } from '../../parts/fields/choice-field.tsx'
import { originName } from '../../parts/origins/origin-name.ts'
import { text } from '../../text/text.ts'
import type { KeyDraft } from './key-draft.ts'

interface KeyLimitsProps {
  draft: KeyDraft
  /** The app that the key is made for, as it is now; null for any. */
  app: string | null
  onChange: (patch: Partial<KeyDraft>) => void
}

/** The fields that most people never need. */
export function KeyLimits({ draft, app, onChange }: KeyLimitsProps) {
  return (
    <Stack pt="sm">
      <ModelsField draft={draft} onChange={onChange} />
      <OriginsField draft={draft} onChange={onChange} />
      <Amounts draft={draft} onChange={onChange} />
      <TextInput
        label={text.keys.ownerLabel}
        description={text.keys.ownerHint}
        value={draft.owner}
        maxLength={80}
        onChange={(event) => onChange({ owner: event.currentTarget.value })}
      />
      <EndpointsField draft={draft} onChange={onChange} />
      <Switch
        label={text.keys.inUrlLabel}
        description={text.keys.inUrlHint}
        checked={draft.allowInUrl}
        onChange={(event) => onChange({ allowInUrl: event.currentTarget.checked })}
      />
      {app !== null && (
        <Switch
          label={text.keys.appLabel({ app: linkAppName(app) })}
          description={text.keys.appHint}
          checked={draft.app !== null}
          onChange={(event) => onChange({ app: event.currentTarget.checked ? app : null })}
        />
      )}
    </Stack>
  )
}

type FieldProps = Omit<KeyLimitsProps, 'app'>

function Amounts({ draft, onChange }: FieldProps) {
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

function ModelsField({ draft, onChange }: FieldProps) {
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

function OriginsField({ draft, onChange }: FieldProps) {
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

function EndpointsField({ draft, onChange }: FieldProps) {
  return (
    <TagsInput
      label={text.keys.endpointsLabel}
      description={text.keys.endpointsHint}
      value={draft.endpoints}
      clearButtonProps={CLEAR}
      onChange={(endpoints) => onChange({ endpoints })}
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
