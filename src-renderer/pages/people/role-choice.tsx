import { Text } from '@mantine/core'
import type { GivenRole } from '#shared/people/role.ts'
import { OptionCards } from '../../parts/fields/option-cards.tsx'
import { peopleText } from '../../text/people-text.ts'

const OPTIONS = (['guest', 'member', 'admin'] as const).map((value) => ({
  value,
  title: peopleText.roles[value],
  hint: peopleText.roleHints[value],
}))

interface RoleChoiceProps {
  value: GivenRole
  onChange: (role: GivenRole) => void
}

export function RoleChoice({ value, onChange }: RoleChoiceProps) {
  return (
    <div>
      <Text size="sm" fw={600} mb={4} aria-hidden>
        {peopleText.people.roleLabel}
      </Text>
      <OptionCards
        label={peopleText.people.roleLabel}
        name="role"
        options={OPTIONS}
        value={value}
        onChange={onChange}
        minWidth="10rem"
      />
    </div>
  )
}
