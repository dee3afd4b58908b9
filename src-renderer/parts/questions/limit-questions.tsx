import { type MantineSpacing, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Key } from '#shared/keys/key.ts'
import type { AskedLimit } from '#shared/keys/limit-question.ts'
import { call } from '../../api/client.ts'
import { useIsOperator, useKeys } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import { Callout } from '../feedback/callout.tsx'
import { KeyQuestion } from './key-question.tsx'

/** Questions about keys that have reached a limit. Empty if none waits for the person. */
export function LimitQuestions({ mb }: { mb?: MantineSpacing }) {
  const keys = useKeys().data ?? []
  // Below `keys` in the cache, so that the same events update it.
  const { data = [] } = useQuery({
    queryKey: ['keys', 'limit-questions'],
    queryFn: () => call('GET /api/keys/limit-questions', {}),
    enabled: useIsOperator(),
  })
  const questions = data.flatMap(({ keyId, limit }) => {
    const asking = keys.find(({ id }) => id === keyId)
    const value = asking?.[limit] ?? null
    return asking === undefined || value === null ? [] : [{ asking, limit, value }]
  })
  if (questions.length === 0) return null
  return (
    <Callout kind="wait" title={text.home.waitingTitle} mb={mb ?? 0}>
      <Text mb="sm">{text.home.limit.text}</Text>
      <Stack gap="xs">
        {questions.map((question) => (
          <Question key={question.asking.id} {...question} />
        ))}
      </Stack>
    </Callout>
  )
}

function Question({ asking, limit, value }: { asking: Key; limit: AskedLimit; value: number }) {
  const { titles, leave, double } = text.home.limit
  return (
    <KeyQuestion
      asking={asking}
      title={titles[limit]({ name: asking.name, limit: value })}
      no={{ label: leave, patch: { [limit]: value } }}
      yes={{ label: double({ limit: 2 * value }), patch: { [limit]: 2 * value } }}
    />
  )
}
