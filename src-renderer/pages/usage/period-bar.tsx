import { Group, SegmentedControl, TextInput } from '@mantine/core'
import { DIMENSIONS } from '#shared/usage/usage.ts'
import { text } from '../../text/text.ts'
import classes from './usage.module.css'
import { dayOf, PERIOD_CHOICES, type UsageState } from './usage-state.ts'

interface PeriodBarProps {
  state: UsageState
  onChange: (state: UsageState) => void
}

/** The period of the page and its grouping. */
export function PeriodBar({ state, onChange }: PeriodBarProps) {
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
        data={DIMENSIONS.map((value) => ({ value, label: text.usage.dimensions[value] }))}
        value={state.by}
        onChange={(by) => onChange({ ...state, by })}
      />
    </Group>
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
