import { NativeSelect, Select } from '@mantine/core'
import { useState } from 'react'
import { text } from '../../text/text.ts'

export interface Choice {
  readonly value: string
  readonly label: string
}

/** Up to this many choices are a native select. */
const NATIVE_UP_TO = 50
/** The number of matches that are listed. Typing more narrows them down. */
export const MOST_LISTED = 50

/** The value of “no choice” in the native select. */
const ANY = '*'

interface ChoiceFieldProps {
  label: string
  /** The label of “no choice”. */
  any: string
  choices: readonly Choice[]
  /** undefined for no choice. */
  value: string | undefined
  onChange: (value: string | undefined) => void
  className: string
}

/** A choice of one or none. Long lists can be searched by name and value. */
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

/** Matches the options itself, because the library draws every option while the field shows the chosen one. */
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

/** The first choices whose name or value contains the search. */
export function matching<T extends Choice>(choices: readonly T[], search: string): T[] {
  const wanted = search.trim().toLowerCase()
  const found: T[] = []
  for (const choice of choices) {
    if (found.length === MOST_LISTED) break
    if (`${choice.label} ${choice.value}`.toLowerCase().includes(wanted)) found.push(choice)
  }
  return found
}
