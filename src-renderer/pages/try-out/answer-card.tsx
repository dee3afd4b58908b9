import { Box, Group, Text } from '@mantine/core'
import { IconMessageQuestion } from '@tabler/icons-react'
import { translatedRefusal } from '../../parts/exchanges/refusal-text.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { EmptyState } from '../../parts/feedback/empty-state.tsx'
import { Loading } from '../../parts/feedback/loading.tsx'
import { Pill } from '../../parts/feedback/status.tsx'
import { Card } from '../../parts/layout/card.tsx'
import classes from '../../parts/parts.module.css'
import { formatNumber, formatSeconds } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import type { Answer } from './answer.ts'
import own from './try-out.module.css'

interface AnswerCardProps {
  answer: Answer | null
  busy: boolean
}

/** The answer while it arrives, or the reason why there is none. */
export function AnswerCard({ answer, busy }: AnswerCardProps) {
  if (answer === null) {
    return (
      <Card>
        <EmptyState icon={IconMessageQuestion} title={text.tryOut.nothing} description={text.tryOut.nothingText} />
      </Card>
    )
  }
  const failed = answer.problem !== null || (answer.status !== null && answer.status >= 400)
  return (
    <Card title={text.tryOut.answer} aside={<StatusPill answer={answer} failed={failed} />}>
      {failed && <Refusal answer={answer} />}
      {answer.thinking !== '' && (
        <Text size="sm" c="dimmed" className={own.answer} mb="sm">
          {answer.thinking}
        </Text>
      )}
      {answer.text !== '' && (
        <Text className={own.answer} aria-live="off">
          {answer.text}
        </Text>
      )}
      {busy && answer.text === '' && answer.thinking === '' && !failed && <Loading />}
      <Ending answer={answer} busy={busy} failed={failed} />
      {answer.status !== null && !failed && <Counts answer={answer} />}
    </Card>
  )
}

function StatusPill({ answer: { status }, failed }: { answer: Answer; failed: boolean }) {
  if (status === null) return null
  return <Pill kind={failed ? 'bad' : 'good'}>{text.tryOut.status({ status })}</Pill>
}

function Refusal({ answer: { status, problem, headers } }: { answer: Answer }) {
  const [, refusal] = headers.find(([name]) => name.toLowerCase() === 'latchkey-refusal') ?? []
  return (
    <Callout kind="bad" title={text.tryOut.refused} mb="sm">
      {problem === null ? text.tryOut.status({ status: status ?? 0 }) : translatedRefusal(problem, refusal)}
    </Callout>
  )
}

function Ending({ answer, busy, failed }: AnswerCardProps & { answer: Answer; failed: boolean }) {
  if (busy || failed) return null
  if (answer.end === null) return <Callout kind="plain" title={text.tryOut.stopped} />
  return answer.end.whole ? null : <Callout kind="bad" title={text.tryOut.brokeOff} />
}

function Counts({ answer }: { answer: Answer }) {
  const { headAfterMs, end, promptTokens, completionTokens } = answer
  const count = (tokens: number | null) =>
    tokens === null ? (end === null ? '…' : text.tryOut.notSaid) : formatNumber(tokens)
  const facts = [
    [text.tryOut.firstWord, headAfterMs === null ? '…' : formatSeconds(headAfterMs)],
    [text.tryOut.wholeAnswer, end === null ? '…' : formatSeconds(end.afterMs)],
    [text.tryOut.tokensIn, count(promptTokens)],
    [text.tryOut.tokensOut, count(completionTokens)],
  ] as const
  return (
    <Group component="dl" gap="xl" mt="md" mb={0} className={own.counts}>
      {facts.map(([name, value]) => (
        <Box key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" fw={600} className={own.count}>
            {value}
          </Text>
        </Box>
      ))}
    </Group>
  )
}

export function HeadersCard({ headers }: Pick<Answer, 'headers'>) {
  return (
    <Card title={text.tryOut.headers}>
      <div className={classes.tableScroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th>{text.tryOut.headerName}</th>
              <th>{text.tryOut.headerValue}</th>
            </tr>
          </thead>
          <tbody>
            {headers.map(([name, value]) => (
              <tr key={`${name}: ${value}`}>
                <th scope="row" className={classes.mono}>
                  {name}
                </th>
                <td className={classes.mono}>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
