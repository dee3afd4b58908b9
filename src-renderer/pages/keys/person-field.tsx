import { Select, TextInput } from '@mantine/core'
import { isOwner } from '#shared/people/person.ts'
import { usePeople } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import { type KeyDraft, NEW_PERSON } from './key-draft.ts'

interface PersonFieldProps {
  draft: KeyDraft
  onChange: (patch: Partial<KeyDraft>) => void
}

/** Chooses the person of a key, or names a new one. */
export function PersonField({ draft, onChange }: PersonFieldProps) {
  const people = usePeople().data ?? []
  const known = people.map((person) => ({
    value: person.id,
    label: isOwner(person) ? text.keys.ownerOption({ name: person.name }) : person.name,
  }))
  return (
    <>
      <Select
        label={text.keys.personLabel}
        description={text.keys.personHint}
        data={[...known, { value: NEW_PERSON, label: text.keys.newPerson }]}
        value={draft.person}
        allowDeselect={false}
        onChange={(person) => {
          if (person !== null) onChange({ person })
        }}
      />
      {draft.person === NEW_PERSON && (
        <TextInput
          label={text.keys.newPersonLabel}
          value={draft.newPerson}
          maxLength={80}
          required
          onChange={(event) => onChange({ newPerson: event.currentTarget.value })}
        />
      )}
    </>
  )
}
