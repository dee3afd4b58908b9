import { Box, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { ProviderState } from '#shared/people/sign-in.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../../../api/client.ts'
import { useAction } from '../../../../api/use-action.ts'
import { ConfirmDialog } from '../../../../parts/dialogs/confirm-dialog.tsx'
import { Callout } from '../../../../parts/feedback/callout.tsx'
import { Pill } from '../../../../parts/feedback/status.tsx'
import { showDone } from '../../../../parts/feedback/toast.tsx'
import { peopleText } from '../../../../text/people-text.ts'
import { text } from '../../../../text/text.ts'

interface ProviderRowProps {
  provider: ProviderState
  settings: Settings
  onChange: () => void
}

/** One service: whether it can be used, and the buttons for it. */
export function ProviderRow({ provider, settings, onChange }: ProviderRowProps) {
  const { id, name, issuer, hasSecret, domains } = provider
  const [removing, setRemoving] = useState(false)
  const [works, setWorks] = useState(false)
  const check = useAction(async () => {
    setWorks(false)
    await call('POST /api/providers/:id/check', {}, id)
    setWorks(true)
  })
  const facts = [issuer, domains.length > 0 && peopleText.providers.onlyDomains({ domains: domains.join(', ') })]
  const labelled = (label: string) => text.shell.labelled({ label, what: name })
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Box miw={0} flex="1 1 14rem">
          <Group gap="xs">
            <Text fw={600}>{name}</Text>
            {!hasSecret && <Pill kind="wait">{peopleText.providers.noSecret}</Pill>}
          </Group>
          <Text size="sm" c="dimmed">
            {facts.filter(Boolean).join(' · ')}
          </Text>
        </Box>
        <Group gap="xs">
          <Button
            variant="default"
            size="compact-sm"
            aria-label={labelled(peopleText.providers.check)}
            loading={check.busy}
            onClick={() => void check.run()}
          >
            {peopleText.providers.check}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            aria-label={labelled(peopleText.people.change)}
            onClick={onChange}
          >
            {peopleText.people.change}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            aria-label={labelled(peopleText.people.remove)}
            onClick={() => setRemoving(true)}
          >
            {peopleText.people.remove}
          </Button>
        </Group>
      </Group>
      {works && <Callout kind="good" title={peopleText.providers.works({ name })} />}
      {check.problem !== null && <Callout kind="bad" title={check.problem} />}
      {removing && <RemoveProvider provider={provider} settings={settings} onClose={() => setRemoving(false)} />}
    </>
  )
}

interface RemoveProviderProps {
  provider: ProviderState
  settings: Settings
  onClose: () => void
}

/** Asks first: the secret is lost, and nobody can sign in there any more. */
function RemoveProvider({ provider: { id, name }, settings, onClose }: RemoveProviderProps) {
  const remove = useAction(async () => {
    await call('PUT /api/providers/:id/secret', { secret: null }, id)
    await call('PATCH /api/settings', { providers: settings.providers.filter((other) => other.id !== id) })
    return true
  })
  return (
    <ConfirmDialog
      title={peopleText.providers.removeTitle({ name })}
      confirm={peopleText.people.remove}
      busy={remove.busy}
      problem={remove.problem}
      onClose={onClose}
      onConfirm={async () => {
        if ((await remove.run()) === undefined) return
        showDone(peopleText.providers.removed({ name }))
        onClose()
      }}
    >
      {peopleText.providers.removeText}
    </ConfirmDialog>
  )
}
