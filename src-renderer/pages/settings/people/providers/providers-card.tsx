import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ProviderState } from '#shared/people/sign-in.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../../../api/client.ts'
import { QueryGate } from '../../../../parts/feedback/query-gate.tsx'
import { Card } from '../../../../parts/layout/card.tsx'
import classes from '../../../../parts/people/people.module.css'
import { useSavedSetting } from '../../../../parts/settings/use-setting-change.ts'
import { peopleText } from '../../../../text/people-text.ts'
import { useDraft } from '../../fields.tsx'
import { ProviderDialog } from './provider-dialog.tsx'
import { ProviderRow } from './provider-row.tsx'

/** The service to add, to change, or none. */
type Open = { adding: true } | { adding: false; provider: ProviderState }

/** Other services at which people sign in. */
export function ProvidersCard({ settings }: { settings: Settings }) {
  const [open, setOpen] = useState<Open | null>(null)
  const query = useQuery({ queryKey: ['providers'], queryFn: () => call('GET /api/providers', {}) })
  return (
    <Card title={peopleText.providers.title}>
      <Stack>
        <Text c="dimmed">{peopleText.providers.text}</Text>
        <QueryGate query={query}>
          {(providers) =>
            providers.length > 0 && (
              <ul className={classes.list} aria-label={peopleText.providers.title}>
                {providers.map((provider) => (
                  <li key={provider.id}>
                    <ProviderRow
                      provider={provider}
                      settings={settings}
                      onChange={() => setOpen({ adding: false, provider })}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </QueryGate>
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size="1rem" aria-hidden />}
            onClick={() => setOpen({ adding: true })}
          >
            {peopleText.providers.add}
          </Button>
        </Group>
        {settings.providers.length > 0 && <OwnerEmailField settings={settings} />}
      </Stack>
      {open !== null && (
        <ProviderDialog
          settings={settings}
          {...(open.adding ? {} : { editing: open.provider })}
          onClose={() => setOpen(null)}
        />
      )}
    </Card>
  )
}

/** Who becomes an admin by signing in first. */
function OwnerEmailField({ settings }: { settings: Settings }) {
  const { ownerEmail } = peopleText.providers
  const change = useSavedSetting(settings, 'ownerEmail', (email) =>
    email === null ? ownerEmail.savedNone : ownerEmail.saved({ email }),
  )
  const draft = useDraft(settings.ownerEmail ?? '', (email) => change.run(email.trim() === '' ? null : email.trim()))
  return (
    <TextInput
      type="email"
      label={ownerEmail.label}
      description={ownerEmail.hint}
      value={draft.value}
      error={change.problem}
      onChange={(event) => draft.edit(event.currentTarget.value)}
      {...draft.commitOn}
    />
  )
}
