import { useState } from 'react'
import { z } from 'zod'
import type { UsageSums } from '#shared/usage.ts'
import { formatMoney } from '../../text/format.ts'

const price = z.number().min(0).max(1_000_000)

/** What a cloud would take for a million tokens in, and for a million out. */
const cloudPriceSchema = z.object({
  prompt: price,
  completion: price,
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
})
export type CloudPrice = z.infer<typeof cloudPriceSchema>

/** In this browser and not among the settings: it is one person's comparison, and changes nothing that Latchkey does. */
const KEPT_AS = 'latchkey-cloud-price'

/** null: nothing is compared. */
export function useCloudPrice() {
  const [price, setPrice] = useState(readPrice)
  const change = (next: CloudPrice | null) => {
    if (next === null) localStorage.removeItem(KEPT_AS)
    else localStorage.setItem(KEPT_AS, JSON.stringify(next))
    setPrice(next)
  }
  return [price, change] as const
}

function readPrice(): CloudPrice | null {
  try {
    return cloudPriceSchema.parse(JSON.parse(localStorage.getItem(KEPT_AS) ?? ''))
  } catch {
    // None yet, or one that somebody else wrote.
    return null
  }
}

const MILLION = 1_000_000

/** What the tokens that answers told would have cost. */
export function costOf({ promptTokens, completionTokens }: UsageSums, price: CloudPrice): string {
  const cost = (promptTokens * price.prompt + completionTokens * price.completion) / MILLION
  return formatMoney(cost, price.currency)
}
