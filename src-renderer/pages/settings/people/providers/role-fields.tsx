import { ActionIcon, Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { Provider } from '#shared/people/sign-in.ts'
import { peopleText } from '../../../../text/people-text.ts'
import type { ProviderDraft } from './provider-draft.ts'

const ROLES = (['guest', 'member', 'admin'] as const).map((value) => ({ value, label: peopleText.roles[value] }))

interface RoleFieldsProps {
  draft: ProviderDraft
  onChange: (patch: Partial<ProviderDraft>) => void
}

/** Which of the service's groups gives which role. */
export function RoleFields({ draft: { roleClaim, roles }, onChange }: RoleFieldsProps) {
  const set = (index: number, patch: Partial<Provider['roles'][number]>) =>
    onChange({ roles: roles.map((entry, at) => (at === index ? { ...entry, ...patch } : entry)) })
  return (
    <Stack gap="xs">
      <TextInput
        label={peopleText.providers.claimLabel}
        description={peopleText.providers.claimHint}
        placeholder="groups"
        value={roleClaim}
        maxLength={100}
        onChange={(event) => onChange({ roleClaim: event.currentTarget.value })}
      />
      {roles.map((entry, index) => (
        // Entries have no other identity than their place.
        <Group key={index} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={peopleText.providers.groupLabel}
            placeholder={peopleText.providers.groupLabel}
            value={entry.value}
            flex={1}
            onChange={(event) => set(index, { value: event.currentTarget.value })}
          />
          <NativeSelect
            aria-label={peopleText.people.roleLabel}
            data={ROLES}
            value={entry.role}
            onChange={(event) => set(index, { role: event.currentTarget.value as typeof entry.role })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={peopleText.providers.removeGroup({ group: entry.value })}
            onClick={() => onChange({ roles: roles.toSpliced(index, 1) })}
          >
            <IconX size="1.1rem" />
          </ActionIcon>
        </Group>
      ))}
      {roleClaim.trim() !== '' && (
        <Group>
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => onChange({ roles: [...roles, { value: '', role: 'member' }] })}
          >
            {peopleText.providers.addGroup}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
