import { CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { text } from '../../text/text.ts'

interface SearchFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** The margin below the field. */
  mb?: 'sm'
}

export function SearchField({ label, value, onChange, mb }: SearchFieldProps) {
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      leftSection={<IconSearch size="1rem" aria-hidden />}
      rightSection={
        value === '' ? null : <CloseButton aria-label={text.shell.clear} size="sm" onClick={() => onChange('')} />
      }
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(mb === undefined ? {} : { mb })}
      w={{ base: '100%', xs: '18rem' }}
    />
  )
}
