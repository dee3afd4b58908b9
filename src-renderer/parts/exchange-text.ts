import type { Exchange } from '#shared/exchange.ts'
import { OTHER } from '#shared/recorded-text.ts'
import { formatNumber } from '../text/format.ts'
import { text } from '../text/text.ts'
import type { CalloutKind } from './callout.tsx'

/** The colour of how an exchange ended. */
export function kindOf({ outcome, reason }: Pick<Exchange, 'outcome' | 'reason'>): CalloutKind {
  if (outcome === 'ok') return 'good'
  if (outcome === 'client_aborted') return 'plain'
  return reason === 'origin_not_approved' ? 'wait' : 'bad'
}

/** In and out together; a dash where the answer did not say. */
export function tokensOf({ promptTokens, completionTokens }: Exchange): string {
  if (promptTokens === null && completionTokens === null) return '–'
  return formatNumber((promptTokens ?? 0) + (completionTokens ?? 0))
}

/** The model, or that it is one of those beyond the bound of a day. */
export function modelText(model: string): string {
  return model === OTHER ? text.words.otherModels : model
}

/** The same of a program. */
export function programText(userAgent: string): string {
  return userAgent === OTHER ? text.words.otherPrograms : userAgent
}

/** What a route is for, or the route itself. */
export function taskOf({ route }: Pick<Exchange, 'route'>): string {
  return text.tasks.names[route] ?? route
}
