import type { ExchangeContext } from '../exchange-context.ts'

/** All values of a header, joined. For headers that the data path does not use. */
export function rawHeader({ request: { rawHeaders } }: ExchangeContext, name: string): string | undefined {
  const values = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
  return values.length === 0 ? undefined : values.join(', ')
}
