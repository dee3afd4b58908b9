import { NumberInput, SimpleGrid, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useAppState, useOrigins } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import type { KeyDraft } from './key-draft.ts'

interface KeyLimitsProps {
  draft: KeyDraft
  onChange: (patch: Partial<KeyDraft>) => void
}

/** Everything about a key that most people never need. */
export function KeyLimits({ draft, onChange }: KeyLimitsProps) {
  const models = useAppState().data?.upstream.models ?? []
  const origins = useOrigins().data?.map(({ origin }) => origin) ?? []
  const clearButton = { 'aria-label': text.shell.clear }
  return (
    <Stack pt="sm">
      <TagsInput
        label={text.keys.modelsLabel}
        description={text.keys.modelsHint}
        data={models}
        value={draft.models}
        clearButtonProps={clearButton}
        onChange={(list) => onChange({ models: list })}
      />
      <TagsInput
        label={text.keys.originsLabel}
        description={text.keys.originsHint}
        data={origins}
        value={draft.origins}
        clearButtonProps={clearButton}
        onChange={(list) => onChange({ origins: list })}
      />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
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
      <TextInput
        label={text.keys.ownerLabel}
        description={text.keys.ownerHint}
        value={draft.owner}
        maxLength={80}
        onChange={(event) => onChange({ owner: event.currentTarget.value })}
      />
      <TagsInput
        label={text.keys.endpointsLabel}
        description={text.keys.endpointsHint}
        value={draft.endpoints}
        clearButtonProps={clearButton}
        onChange={(list) => onChange({ endpoints: list })}
      />
      <Switch
        label={text.keys.inUrlLabel}
        description={text.keys.inUrlHint}
        checked={draft.allowInUrl}
        onChange={(event) => onChange({ allowInUrl: event.currentTarget.checked })}
      />
    </Stack>
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
