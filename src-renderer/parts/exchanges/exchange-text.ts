import type { Exchange } from '#shared/gateway/exchange.ts'
import { formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'

/** In and out together; a dash where the answer did not say. */
export function tokensOf({ promptTokens, completionTokens }: Exchange): string {
  if (promptTokens === null && completionTokens === null) return '–'
  return formatNumber((promptTokens ?? 0) + (completionTokens ?? 0))
}

/** What a route is for, or the route itself. */
export function taskOf({ route }: Pick<Exchange, 'route'>): string {
  return taskName(route) ?? route
}

/** What a route is for, where there is a name for that. */
export function taskName(route: string): string | undefined {
  const names: Readonly<Partial<Record<string, string>>> = text.tasks.names
  return names[route]
}
