import type { CloudPrice } from '#shared/settings/settings.ts'
import type { UsageSums } from '#shared/usage/usage.ts'
import { formatMoney } from '../../text/format.ts'

const MILLION = 1_000_000

/** What the tokens that answers told would have cost. */
export function costOf({ promptTokens, completionTokens }: UsageSums, price: CloudPrice): string {
  const cost = (promptTokens * price.prompt + completionTokens * price.completion) / MILLION
  return formatMoney(cost, price.currency)
}
