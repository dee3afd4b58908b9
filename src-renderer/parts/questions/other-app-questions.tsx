import { type MantineSpacing, Stack, Text } from '@mantine/core'
import type { Key } from '#shared/keys/key.ts'
import { linkAppName } from '#shared/keys/link-apps.ts'
import { asksAboutOtherApp, NAMELESS_APP } from '#shared/keys/other-app.ts'
import { useKeys } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import { Callout } from '../feedback/callout.tsx'
import { originName } from '../origins/origin-name.ts'
import { KeyQuestion } from './key-question.tsx'

/** Questions about keys that another app used. Empty if none waits for the person. */
export function OtherAppQuestions({ mb }: { mb?: MantineSpacing }) {
  const asking = useKeys().data?.filter(asksAboutOtherApp) ?? []
  if (asking.length === 0) return null
  return (
    <Callout kind="wait" title={text.home.waitingTitle} mb={mb ?? 0}>
      <Text mb="sm">{text.home.otherAppText}</Text>
      <Stack gap="xs">
        {asking.map((key) => (
          <Question key={key.id} asking={key} />
        ))}
      </Stack>
    </Callout>
  )
}

function Question({ asking }: { asking: Key }) {
  const app = linkAppName(asking.app ?? '')
  return (
    <KeyQuestion
      asking={asking}
      title={text.home.otherAppTitle({ name: asking.name, app, other: callerName(asking.otherApp ?? '') })}
      no={{ label: text.home.onlyItsApp({ app }), patch: { app: asking.app } }}
      yes={{ label: text.home.allowAnyApp, patch: { app: null } }}
    />
  )
}

/** The name of a site, or the name that a program sends. */
function callerName(otherApp: string): string {
  if (otherApp === NAMELESS_APP) return text.home.otherAppNameless
  return otherApp.includes('://') ? originName({ origin: otherApp, label: null }) : otherApp
}
