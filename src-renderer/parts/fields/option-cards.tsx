import { Box, Text } from '@mantine/core'
import type { CSSProperties, ReactNode } from 'react'
import classes from '../parts.module.css'

export interface Option<V extends string> {
  value: V
  title: string
  hint?: string
  icon?: ReactNode
}

interface OptionCardsProps<V extends string> {
  /** The group's label for screen readers. */
  label: string
  /** The radio buttons' name, unique for each group of the page. */
  name: string
  options: readonly Option<V>[]
  value: V | null
  onChange: (value: V) => void
  /** The minimum width of a card as a CSS length. */
  minWidth?: string
}

/** Radio buttons as cards. Native inputs, so that arrow keys and screen readers work as usual. */
export function OptionCards<V extends string>(props: OptionCardsProps<V>) {
  const style = { '--lk-option-width': props.minWidth ?? '12rem' } as CSSProperties
  return (
    <div
      role="radiogroup"
      aria-label={props.label}
      className={classes.options}
      style={style}
      data-three={props.options.length === 3 || undefined}
    >
      {props.options.map((option) => (
        <label key={option.value} className={classes.option} data-icon={option.icon !== undefined || undefined}>
          <input
            type="radio"
            name={props.name}
            value={option.value}
            checked={option.value === props.value}
            onChange={() => props.onChange(option.value)}
          />
          {option.icon}
          <Box miw={0}>
            <Text fw={600} size="sm">
              {option.title}
            </Text>
            {option.hint !== undefined && (
              <Text size="sm" c="dimmed" lh={1.35}>
                {option.hint}
              </Text>
            )}
          </Box>
        </label>
      ))}
    </div>
  )
}
