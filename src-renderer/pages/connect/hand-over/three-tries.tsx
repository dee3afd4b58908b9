import { Button, Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { IssuedKey } from '#shared/keys/key.ts'
import { call } from '../../../api/client.ts'
import { useGatewayAddress } from '../../../api/gateway-address.ts'
import { useKeys } from '../../../api/queries.ts'
import { useAction } from '../../../api/use-action.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { CopyField } from '../../../parts/fields/copy-field.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { addressFor } from '../../../recipes/address.ts'
import { text } from '../../../text/text.ts'

/** The ways to try in an app without a recipe, the likeliest first. */
export function ThreeTries({ issued }: { issued: IssuedKey }) {
  const gateway = useGatewayAddress()
  const { tries } = text.recipes
  const address = (form: 'base' | 'v1') => addressFor(form, gateway, issued.secret)
  return (
    <>
      <Callout kind="wait" title={text.connect.onceTitle}>
        <Text>{text.connect.onceText}</Text>
      </Callout>
      <Text>{tries.text}</Text>
      <Try title={tries.openai} hint={tries.openaiText}>
        <CopyField label={text.connect.address} value={address('v1')} primary />
        <CopyField label={text.connect.key} value={issued.secret} primary />
      </Try>
      <Try title={tries.ollama} hint={tries.ollamaText}>
        <KeyInAddress issued={issued} gateway={gateway} />
      </Try>
      <Try title={tries.header} hint={tries.headerText}>
        <CopyField label={text.connect.address} value={address('base')} />
        <CopyField label={tries.headerName} value={`Authorization: Bearer ${issued.secret}`} />
      </Try>
    </>
  )
}

function Try({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <Card>
      <Stack gap="sm">
        <div>
          <Title order={2} size="h4">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        </div>
        {children}
      </Stack>
    </Card>
  )
}

/** The key is not allowed in addresses until the person wants it. */
function KeyInAddress({ issued, gateway }: { issued: IssuedKey; gateway: string }) {
  const allow = useAction(() => call('PATCH /api/keys/:id', { allowInUrl: true }, issued.id))
  const isAllowed = useKeys().data?.find(({ id }) => id === issued.id)?.allowInUrl ?? issued.allowInUrl
  if (isAllowed) {
    const whole = addressFor('key-in-path', gateway, issued.secret)
    return <CopyField label={text.connect.addressWithKey} value={whole} />
  }
  return (
    <>
      <Group>
        <Button variant="default" onClick={() => void allow.run()} loading={allow.busy}>
          {text.recipes.tries.allowInUrl}
        </Button>
      </Group>
      {allow.problem !== null && <Text role="alert">{allow.problem}</Text>}
    </>
  )
}
