import { NativeSelect, Select } from '@mantine/core'
import { useState } from 'react'
import { text } from '../../text/text.ts'

export interface Choice {
  readonly value: string
  readonly label: string
}

/** A list of up to so many choices is the browser's own. */
const NATIVE_UP_TO = 50
/** How many of the choices that match are listed. Who looks for another types more of it. */
export const LISTED = 50

/** Stands for no choice in the browser's own list. */
const ANY = '*'

interface ChoiceFieldProps {
  label: string
  /** What no choice is called. */
  any: string
  choices: readonly Choice[]
  /** undefined for no choice. */
  value: string | undefined
  onChange: (value: string | undefined) => void
  className: string
}

/** One of some choices or none; of many, they are searched by their name or value. */
export function ChoiceField(props: ChoiceFieldProps) {
  return props.choices.length > NATIVE_UP_TO ? <SearchSelect {...props} /> : <FewChoices {...props} />
}

function FewChoices({ any, choices, value, onChange, ...field }: ChoiceFieldProps) {
  return (
    <NativeSelect
      size="sm"
      data={[{ value: ANY, label: any }, ...choices]}
      value={value ?? ANY}
      onChange={({ currentTarget }) => onChange(currentTarget.value === ANY ? undefined : currentTarget.value)}
      {...field}
    />
  )
}

/** The library's own filter draws every option while the chosen one is named, so that the options are matched here. */
function SearchSelect({ any, choices, value, onChange, ...field }: ChoiceFieldProps) {
  const [search, setSearch] = useState('')
  const chosen = choices.find((choice) => choice.value === value)
  const found = matching(choices, search === chosen?.label ? '' : search)
  const isListed = chosen === undefined || found.includes(chosen)
  return (
    <Select
      size="sm"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': text.shell.clear }}
      placeholder={any}
      nothingFoundMessage={text.shell.nothingFound}
      data={isListed ? found : [chosen, ...found]}
      filter={({ options }) => (isListed ? options : options.slice(1))}
      searchValue={search}
      onSearchChange={setSearch}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      {...field}
    />
  )
}

/** The first of those whose name or value has the words in it. */
export function matching<T extends Choice>(choices: readonly T[], search: string): T[] {
  const wanted = search.trim().toLowerCase()
  const found: T[] = []
  for (const choice of choices) {
    if (found.length === LISTED) break
    if (`${choice.label} ${choice.value}`.toLowerCase().includes(wanted)) found.push(choice)
  }
  return found
}
