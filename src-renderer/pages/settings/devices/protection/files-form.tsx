import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { LanState } from '#shared/lan/lan.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../../../api/client.ts'
import { useAction } from '../../../../api/use-action.ts'
import { Callout } from '../../../../parts/feedback/callout.tsx'
import { showUndo } from '../../../../parts/feedback/toast.tsx'
import { devicesText } from '../../../../text/devices-text.ts'
import { text } from '../../../../text/text.ts'
import { CertificateFacts } from './certificate-facts.tsx'

interface FilesFormProps {
  settings: Settings
  lan: LanState
  onSaved: () => void
}

/** Uses a certificate and a key from files. Both are saved together, because one of them alone is no use. */
export function FilesForm({ settings, lan, onSaved }: FilesFormProps) {
  const { lanTls, lanCertificateFile, lanKeyFile } = settings
  const [certificate, setCertificate] = useState(lanCertificateFile ?? '')
  const [key, setKey] = useState(lanKeyFile ?? '')
  const save = useAction(async () => {
    const files = { lanCertificateFile: certificate.trim(), lanKeyFile: key.trim() }
    await call('PATCH /api/settings', { lanTls: 'files', ...files })
    showUndo(text.saved.lanTls.files, () => call('PATCH /api/settings', { lanTls, lanCertificateFile, lanKeyFile }))
    onSaved()
  })
  const isSaved = lanTls === 'files' && certificate === lanCertificateFile && key === lanKeyFile

  function submit(event: FormEvent) {
    event.preventDefault()
    void save.run()
  }

  return (
    <Stack>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{devicesText.lan.files.text}</Text>
          <PathInput
            label={devicesText.lan.files.certificate}
            description={devicesText.lan.files.certificateHint}
            value={certificate}
            onChange={setCertificate}
          />
          <PathInput
            label={devicesText.lan.files.key}
            description={devicesText.lan.files.keyHint}
            value={key}
            onChange={setKey}
          />
          {save.problem !== null && <Callout kind="bad" title={save.problem} />}
          <Group>
            <Button
              type="submit"
              loading={save.busy}
              disabled={isSaved || certificate.trim() === '' || key.trim() === ''}
            >
              {devicesText.lan.files.use}
            </Button>
          </Group>
        </Stack>
      </form>
      {lanTls === 'files' && lan.certificate !== null && <CertificateFacts certificate={lan.certificate} />}
    </Stack>
  )
}

interface PathInputProps {
  label: string
  description: string
  value: string
  onChange: (value: string) => void
}

function PathInput({ onChange, ...field }: PathInputProps) {
  return (
    <TextInput
      spellCheck={false}
      autoComplete="off"
      autoCapitalize="off"
      onChange={(event) => onChange(event.currentTarget.value)}
      {...field}
    />
  )
}
