import type { Exchange } from '#shared/gateway/exchange.ts'
import type { RoutePath } from '#shared/gateway/routes.ts'
import { formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'

/** Prompt and completion tokens together; a dash if the answer had no counts. */
export function tokensOf({ promptTokens, completionTokens }: Exchange): string {
  if (promptTokens === null && completionTokens === null) return '–'
  return formatNumber((promptTokens ?? 0) + (completionTokens ?? 0))
}

/** A name for each route of the gateway. A route without a name does not compile. */
const TASK_NAMES: Readonly<Record<RoutePath | 'unknown', string>> = text.tasks.names

/** The task of a route, such as `Chat`; the route itself if it has no name, because another version recorded it. */
export function taskOf({ route }: Pick<Exchange, 'route'>): string {
  return taskName(route) ?? route
}

/** The task of a route; undefined if it has no name. */
export function taskName(route: string): string | undefined {
  const names: Readonly<Record<string, string>> = TASK_NAMES
  return Object.hasOwn(names, route) ? names[route] : undefined
}
