import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { LanState } from '#shared/lan/lan.ts'
import { commonName } from '#shared/lan/usable-urls.ts'
import { call } from '../../../../api/client.ts'
import { useAction } from '../../../../api/use-action.ts'
import { Callout } from '../../../../parts/feedback/callout.tsx'
import { Problem } from '../../../../parts/feedback/problem.tsx'
import { saveFile } from '../../../../parts/files/save-file.ts'
import { Facts } from '../../../../parts/tables/facts.tsx'
import { devicesText } from '../../../../text/devices-text.ts'
import { formatDate } from '../../../../text/format.ts'
import { RemovalSteps } from './removal-steps.tsx'
import { RemoveAuthorityDialog } from './remove-authority-dialog.tsx'

/** Latchkey's own authority: what it is, its file, and how to get rid of it. */
export function AuthorityPanel({ lan }: { lan: LanState }) {
  const [asked, setAsked] = useState(false)
  /** The name of the authority that was removed while the page is open. */
  const [removed, setRemoved] = useState<string | null>(null)
  const save = useAction(saveCertificate)
  const { authority } = lan
  if (authority === null) return null
  const { facts, remove } = devicesText.lan
  return (
    <Stack>
      <Text size="sm">{devicesText.lan.authorityText}</Text>
      <Facts
        rows={[
          [facts.authority, commonName(authority.subject)],
          [facts.validUntil, formatDate(authority.notAfter)],
        ]}
      />
      <Group gap="sm">
        <Button variant="default" loading={save.busy} onClick={() => void save.run()}>
          {devicesText.lan.saveCertificate}
        </Button>
        <Button variant="subtle" color="red" c="var(--mantine-color-error)" onClick={() => setAsked(true)}>
          {remove.open}
        </Button>
      </Group>
      <Problem sentence={save.problem} />
      {removed !== null && (
        <Callout kind="good" title={remove.done} onClose={() => setRemoved(null)}>
          <Text size="sm" mb="xs">
            {remove.doneText}
          </Text>
          <RemovalSteps name={removed} />
        </Callout>
      )}
      {asked && (
        <RemoveAuthorityDialog
          authority={authority}
          devices={lan.devices}
          onClose={() => setAsked(false)}
          onRemoved={setRemoved}
        />
      )}
    </Stack>
  )
}

async function saveCertificate(): Promise<void> {
  const { pem } = await call('GET /api/lan/certificate', {})
  saveFile(new Blob([pem], { type: 'application/x-x509-ca-cert' }), 'latchkey.crt')
}
