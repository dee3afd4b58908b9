import { Button, CloseButton, Group } from '@mantine/core'
import { type ExchangeFilter, keysOf, OUTCOMES, outcomeSchema } from '#shared/gateway/exchange.ts'
import { isUpstreamFault } from '#shared/gateway/refusals.ts'
import { useAppState, useKeys, useOrigins } from '../../api/queries.ts'
import { taskOf } from '../../parts/exchanges/exchange-text.ts'
import { modelText } from '../../parts/exchanges/recorded-names.ts'
import { refusalOptions } from '../../parts/exchanges/refusal-text.ts'
import { useKeyNames } from '../../parts/exchanges/use-key-names.ts'
import { type Choice, ChoiceField } from '../../parts/fields/choice-field.tsx'
import { originName } from '../../parts/origins/origin-name.ts'
import { formatDateTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import classes from './activity.module.css'

interface FilterBarProps {
  filter: ExchangeFilter
  onChange: (filter: ExchangeFilter) => void
}

/** The filter of the list: fields that the person chooses, and below them fields that only a link can set. */
export function FilterBar({ filter, onChange }: FilterBarProps) {
  const change = (field: keyof ExchangeFilter, value: string | undefined) => {
    const rest = without(filter, field)
    onChange(value === undefined ? rest : { ...rest, [field]: value })
  }
  const words = text.activity.filters
  return (
    <>
      <Group role="group" aria-label={words.label} mb="sm" gap="sm" align="flex-end">
        <Choose
          label={words.result}
          any={words.anyResult}
          choices={OUTCOMES.map((value) => ({ value, label: text.words.outcomes[value] }))}
          value={filter.outcome}
          onChange={(value) => {
            const { outcome: _, reason: __, ...rest } = filter
            onChange(value === undefined ? rest : { ...rest, outcome: outcomeSchema.parse(value) })
          }}
        />
        {(filter.outcome === 'refused' || filter.reason !== undefined) && (
          <Choose
            label={words.reason}
            any={words.anyReason}
            choices={refusalOptions().filter(({ value }) => value === filter.reason || !isUpstreamFault(value))}
            value={filter.reason}
            onChange={(value) => change('reason', value)}
          />
        )}
        <KeyChoice filter={filter} onChange={(value) => change('key', value)} />
        <OriginChoice filter={filter} onChange={(value) => change('origin', value)} />
        <ModelChoice filter={filter} onChange={(value) => change('model', value)} />
      </Group>
      <LinkFields filter={filter} onChange={onChange} />
    </>
  )
}

interface FieldProps {
  filter: ExchangeFilter
  /** An empty value selects exchanges without a value. */
  onChange: (value: string | undefined) => void
}

function KeyChoice({ filter, onChange }: FieldProps) {
  const known = (useKeys().data ?? []).map(({ id, name }) => ({ value: id, label: name }))
  const keyName = useKeyNames()
  const several = keysOf(filter)?.length ?? 0
  const chosen =
    several > 1 && filter.key !== undefined
      ? [{ value: filter.key, label: text.activity.filters.several({ count: several }) }]
      : []
  return (
    <Choose
      label={text.activity.filters.key}
      any={text.activity.filters.anyKey}
      choices={[...chosen, { value: '', label: text.words.noKey }, ...known]}
      fallback={keyName(filter.key ?? null)}
      value={filter.key}
      onChange={onChange}
    />
  )
}

function OriginChoice({ filter, onChange }: FieldProps) {
  const known = (useOrigins().data ?? []).map((origin) => ({ value: origin.origin, label: originName(origin) }))
  return (
    <Choose
      label={text.activity.filters.origin}
      any={text.activity.filters.anyOrigin}
      choices={[{ value: '', label: text.words.noOrigin }, ...known]}
      fallback={originName({ origin: filter.origin ?? '', label: null })}
      value={filter.origin}
      onChange={onChange}
    />
  )
}

function ModelChoice({ filter, onChange }: FieldProps) {
  const known = (useAppState().data?.upstream.models ?? []).map((model) => ({ value: model, label: model }))
  return (
    <Choose
      label={text.activity.filters.model}
      any={text.activity.filters.anyModel}
      choices={[{ value: '', label: text.words.noModel }, ...known]}
      fallback={modelText(filter.model ?? '')}
      value={filter.model}
      onChange={onChange}
    />
  )
}

interface ChooseProps {
  label: string
  any: string
  choices: readonly Choice[]
  /** The label of a value that is not among the choices; without it the value itself. */
  fallback?: string
  value: string | undefined
  onChange: (value: string | undefined) => void
}

function Choose({ choices, fallback, value, ...field }: ChooseProps) {
  const isKnown = value === undefined || choices.some((choice) => choice.value === value)
  const own = isKnown ? [] : [{ value, label: fallback ?? value }]
  return <ChoiceField choices={[...own, ...choices]} value={value} className={classes.choice ?? ''} {...field} />
}

/** The fields that only a link can set: times and the route. */
function LinkFields({ filter, onChange }: FilterBarProps) {
  const { from, to, route } = filter
  const words = text.activity.filters
  if (Object.keys(filter).length === 0) return null
  const fields = [
    { field: 'from', label: from === undefined ? null : words.from({ time: formatDateTime(from) }) },
    { field: 'to', label: to === undefined ? null : words.until({ time: formatDateTime(to) }) },
    { field: 'route', label: route === undefined ? null : taskOf({ route }) },
  ] as const
  return (
    <Group gap="xs" mb="sm">
      {fields.map(
        ({ field, label }) =>
          label !== null && (
            <span key={field} className={classes.chip}>
              {label}
              <CloseButton
                size="sm"
                aria-label={words.remove({ what: label })}
                onClick={() => onChange(without(filter, field))}
              />
            </span>
          ),
      )}
      <Button size="compact-sm" variant="subtle" onClick={() => onChange({})}>
        {words.clear}
      </Button>
    </Group>
  )
}

function without(filter: ExchangeFilter, field: keyof ExchangeFilter): ExchangeFilter {
  const { [field]: _, ...rest } = filter
  return rest
}
