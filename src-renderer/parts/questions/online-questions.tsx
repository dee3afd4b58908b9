import { type MantineSpacing, Stack, Text } from '@mantine/core'
import type { Key } from '#shared/keys/key.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { useKeys } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import { Callout } from '../feedback/callout.tsx'
import { KeyQuestion } from './key-question.tsx'

/** Questions about keys that tried to use cloud models or the web. Empty if none waits for the person. */
export function OnlineQuestions({ mb }: { mb?: MantineSpacing }) {
  const asking = useKeys().data?.filter(asksToGoOnline) ?? []
  if (asking.length === 0) return null
  return (
    <Callout kind="wait" title={text.home.waitingTitle} mb={mb ?? 0}>
      <Text mb="sm">{text.home.onlineText}</Text>
      <Stack gap="xs">
        {asking.map((key) => (
          <KeyQuestion
            key={key.id}
            asking={key}
            title={titleOf(key)}
            no={{ label: text.home.keepHere, patch: { online: false } }}
            yes={{ label: text.home.allow, patch: { online: true } }}
          />
        ))}
      </Stack>
    </Callout>
  )
}

function titleOf({ name, onlineQuestion }: Key): string {
  return text.home.onlineTitle[onlineQuestion === 'web' ? 'web' : 'model']({ name })
}
