import { Stack, Text } from '@mantine/core'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { useOrigins } from '../../api/queries.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { taskOf } from '../../parts/exchanges/exchange-text.ts'
import { modelText, programText } from '../../parts/exchanges/recorded-names.ts'
import { resultOf } from '../../parts/exchanges/refusal-text.ts'
import { useKeyNames } from '../../parts/exchanges/use-key-names.ts'
import { siteNameOf } from '../../parts/origins/origin-name.ts'
import { RemedyButton } from '../../parts/remedies/remedy-button.tsx'
import { useRemedy } from '../../parts/remedies/use-remedy.ts'
import { formatDateTime, formatDuration, formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import classes from './activity.module.css'
import { explanationOf } from './explanation.ts'

/** The record of one exchange. For a refused one also the reason and the button that removes it. */
export function ExchangeDialog({ exchange, onClose }: { exchange: Exchange; onClose: () => void }) {
  const keyName = useKeyNames()(exchange.keyId)
  const origins = useOrigins().data ?? []
  const site = exchange.origin === null ? null : siteNameOf(exchange.origin, origins)
  const action = useRemedy(exchange)
  const explanation = explanationOf(exchange)
  return (
    <Dialog onClose={onClose} size="lg" title={resultOf(exchange)}>
      <Stack>
        {explanation !== '' && <Text>{explanation}</Text>}
        <RemedyButton action={action} />
        <dl className={classes.facts}>
          {factsOf(exchange, keyName, site).map(([name, value]) => (
            <Fact key={name} name={text.activity.facts[name]} value={value} />
          ))}
        </dl>
      </Stack>
    </Dialog>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

type FactName = keyof typeof text.activity.facts

/** The facts of the record, without those that the exchange does not have. */
function factsOf(exchange: Exchange, keyName: string, site: string | null): [FactName, string][] {
  const { origin, userAgent, model, status, promptTokens, completionTokens, firstByteMs, bytesIn, bytesOut } = exchange
  const task = taskOf(exchange)
  const facts: [FactName, string | null][] = [
    ['when', formatDateTime(exchange.time)],
    ['key', keyName],
    ['site', site === null || site === origin ? site : `${site} (${origin ?? ''})`],
    ['program', userAgent === null ? null : programText(userAgent)],
    ['task', task === exchange.route ? `${exchange.method} ${task}` : `${task} (${exchange.method} ${exchange.route})`],
    ['model', model === null ? null : modelText(model)],
    ['status', status === 0 ? null : String(status)],
    ['tokens', exchange.outcome === 'refused' ? null : `${tokens(promptTokens)} · ${tokens(completionTokens)}`],
    ['firstByte', firstByteMs === null ? null : formatDuration(firstByteMs)],
    ['duration', formatDuration(exchange.durationMs)],
    ['bytes', `${formatNumber(bytesIn)} · ${formatNumber(bytesOut)}`],
    ['id', exchange.id],
  ]
  return facts.filter((fact): fact is [FactName, string] => fact[1] !== null)
}

function tokens(count: number | null): string {
  return count === null ? text.activity.notStated : formatNumber(count)
}
