import { Box, Button, Group, Text } from '@mantine/core'
import type { Key, KeyPatch } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { text } from '../../text/text.ts'
import classes from '../parts.module.css'

interface Answer {
  label: string
  patch: KeyPatch
}

interface KeyQuestionProps {
  asking: Key
  title: string
  no: Answer
  yes: Answer
}

/** A question about a key with two answers. */
export function KeyQuestion({ asking: { id, name }, title, no, yes }: KeyQuestionProps) {
  const answer = useAction((patch: KeyPatch) => call('PATCH /api/keys/:id', patch, id))
  const button = ({ label, patch }: Answer, variant: 'default' | 'filled') => (
    <Button
      variant={variant}
      disabled={answer.busy}
      onClick={() => void answer.run(patch)}
      aria-label={text.shell.labelled({ label, what: name })}
    >
      {label}
    </Button>
  )
  return (
    <Group justify="space-between" className={classes.question} gap="sm">
      <Box miw={0} flex="1 1 14rem">
        <Text fw={600}>{title}</Text>
        {answer.problem !== null && <Text role="alert">{answer.problem}</Text>}
      </Box>
      <Group gap="xs">
        {button(no, 'default')}
        {button(yes, 'filled')}
      </Group>
    </Group>
  )
}
