import { Box, Button, Group, type MantineSpacing, Stack, Text } from '@mantine/core'
import type { Key } from '#shared/keys/key.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { call } from '../api/client.ts'
import { useKeys } from '../api/queries.ts'
import { useAction } from '../api/use-action.ts'
import { text } from '../text/text.ts'
import { Callout } from './callout.tsx'
import classes from './parts.module.css'

/** The keys that wanted to use what leaves this computer, and wait for the person's answer; nothing when there are none. */
export function OnlineQuestions({ mb }: { mb?: MantineSpacing }) {
  const asking = useKeys().data?.filter(asksToGoOnline) ?? []
  if (asking.length === 0) return null
  return (
    <Callout kind="wait" title={text.home.waitingTitle} mb={mb ?? 0}>
      <Text mb="sm">{text.home.onlineText}</Text>
      <Stack gap="xs">
        {asking.map((key) => (
          <Question key={key.id} asking={key} />
        ))}
      </Stack>
    </Callout>
  )
}

function Question({ asking: { id, name, onlineQuestion } }: { asking: Key }) {
  const answer = useAction((online: boolean) => call('PATCH /api/keys/:id', { online }, id))
  const title = text.home.onlineTitle[onlineQuestion === 'web' ? 'web' : 'model']({ name })
  return (
    <Group justify="space-between" className={classes.question} gap="sm">
      <Box miw={0} flex="1 1 14rem">
        <Text fw={600}>{title}</Text>
        {answer.problem !== null && <Text role="alert">{answer.problem}</Text>}
      </Box>
      <Group gap="xs">
        <Button
          variant="default"
          disabled={answer.busy}
          onClick={() => void answer.run(false)}
          aria-label={text.shell.labelled({ label: text.home.keepHere, what: name })}
        >
          {text.home.keepHere}
        </Button>
        <Button
          disabled={answer.busy}
          onClick={() => void answer.run(true)}
          aria-label={text.shell.labelled({ label: text.home.allow, what: name })}
        >
          {text.home.allow}
        </Button>
      </Group>
    </Group>
  )
}
