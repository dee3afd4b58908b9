import { Button, FileButton, Group, Input, Text } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { isBinary, textOfBinary } from '#shared/upstreams/certificate.ts'
import { useAppState } from '../../../api/queries.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { useSettingChange } from '../../../parts/settings/use-setting-change.ts'
import { text } from '../../../text/text.ts'

/** Chooses a certificate file to trust for the upstream. Shown for addresses with https. */
export function CertificateField({ settings }: { settings: Settings }) {
  const change = useSettingChange(settings, 'upstreamCertificate')
  const inUse = useAppState().data?.upstream.url ?? ''
  const isSet = settings.upstreamCertificate !== null
  if (!isSet && !inUse.startsWith('https:')) return null

  async function choose(file: File | null) {
    if (file !== null) await change.run(await textOf(file))
  }

  return (
    <Input.Wrapper label={text.settings.certificateLabel} description={text.settings.certificateHint}>
      <Group mt="xs" gap="sm">
        <FileButton accept=".pem,.crt,.cer,.der,application/x-x509-ca-cert" onChange={(file) => void choose(file)}>
          {(props) => (
            <Button variant="default" loading={change.busy} {...props}>
              {isSet ? text.settings.certificateReplace : text.settings.certificateChoose}
            </Button>
          )}
        </FileButton>
        {isSet && (
          <>
            <Button variant="subtle" disabled={change.busy} onClick={() => void change.run(null)}>
              {text.settings.certificateRemove}
            </Button>
            <Text size="sm">{text.settings.certificateSet}</Text>
          </>
        )}
      </Group>
      <Problem sentence={change.problem} />
    </Input.Wrapper>
  )
}

async function textOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (!isBinary(bytes[0])) return new TextDecoder().decode(bytes)
  return textOfBinary(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')))
}
