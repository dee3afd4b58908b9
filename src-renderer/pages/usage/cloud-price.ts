import type { CloudPrice } from '#shared/settings/settings.ts'
import type { UsageSums } from '#shared/usage/usage.ts'
import { formatMoney } from '../../text/format.ts'

const MILLION = 1_000_000

/** The cost of the counted tokens at a cloud model's price. */
export function costOf({ promptTokens, completionTokens }: UsageSums, price: CloudPrice): string {
  const cost = (promptTokens * price.prompt + completionTokens * price.completion) / MILLION
  return formatMoney(cost, price.currency)
}
