import { Group, SegmentedControl, Select, TextInput } from '@mantine/core'
import { DIMENSIONS } from '#shared/usage/usage.ts'
import { useIsOperator, useQuotas } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import classes from './usage.module.css'
import { dayOf, PERIOD_CHOICES, type UsageState } from './usage-state.ts'

/** A longer list of people has a search field. */
const MOST_UNSEARCHED = 10

interface PeriodBarProps {
  state: UsageState
  onChange: (state: UsageState) => void
}

/** The period of the page and its grouping. */
export function PeriodBar({ state, onChange }: PeriodBarProps) {
  const isOperator = useIsOperator()
  // To others it would show one row: themselves.
  const dimensions = isOperator ? DIMENSIONS : DIMENSIONS.filter((value) => value !== 'person')
  return (
    <Group mb="md" gap="sm">
      <SegmentedControl
        aria-label={text.usage.periodLabel}
        data={PERIOD_CHOICES.map((value) => ({ value, label: text.usage.periods[value] }))}
        value={state.period}
        onChange={(period) => onChange({ ...state, period })}
      />
      {state.period === 'range' && (
        <Group gap="xs">
          <DayField label={text.usage.from} value={state.first} onChange={(first) => onChange({ ...state, first })} />
          <DayField label={text.usage.to} value={state.last} onChange={(last) => onChange({ ...state, last })} />
        </Group>
      )}
      <SegmentedControl
        aria-label={text.usage.dimensionLabel}
        data={dimensions.map((value) => ({ value, label: text.usage.dimensions[value] }))}
        value={state.by}
        onChange={(by) => onChange({ ...state, by })}
      />
      <PersonChoice value={state.person} onChange={(person) => onChange({ ...state, person })} />
    </Group>
  )
}

/** Narrows the page to one person. Not shown to somebody who can see only their own usage. */
function PersonChoice({ value, onChange }: { value: string; onChange: (person: string) => void }) {
  const people = useQuotas().data ?? []
  if (people.length < 2) return null
  return (
    <Select
      aria-label={text.usage.personLabel}
      data={[
        { value: '', label: text.usage.everybody },
        ...people.map(({ personId, name }) => ({ value: personId, label: name })),
      ]}
      value={value}
      searchable={people.length > MOST_UNSEARCHED}
      allowDeselect={false}
      onChange={(person) => onChange(person ?? '')}
    />
  )
}

/** A native date field, which has the local format and a calendar. */
function DayField({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return (
    <TextInput
      type="date"
      label={label}
      className={classes.day ?? ''}
      max={dayOf(Date.now())}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
