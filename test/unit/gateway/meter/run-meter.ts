import type { MeterShape } from '#shared/gateway/routes.ts'
import { createMeter } from '../../../../src-main/gateway/meter/meter.ts'

export const EVENTS = 'text/event-stream'
export const LINES = 'application/x-ndjson'
export const JSON_TYPE = 'application/json; charset=utf-8'

export interface Case {
  shape: MeterShape
  contentType: string
  answer: string
  /** Asks for usage, and what the client then gets. */
  client?: string
}

/** Sends an answer through a meter in these pieces. */
export function run(one: Case, pieces: readonly Buffer[]) {
  const meter = createMeter({ shape: one.shape, contentType: one.contentType, asked: one.client !== undefined })
  const out = [...pieces.map((piece) => meter.write(piece)), meter.flush()]
  return { text: Buffer.concat(out.filter((piece) => piece !== undefined)).toString(), counts: meter.counts() }
}

/** The counts of an answer that arrives in one piece. */
export function countsOf(shape: MeterShape, contentType: string, answer: string) {
  return run({ shape, contentType, answer }, [Buffer.from(answer)]).counts
}

/** The counts of an answer that has none. */
export const countless = { promptTokens: null, completionTokens: null, metered: false }

/** A stream that the gateway asked for usage, and what the client is to get of it. */
export const asked = (answer: string, client: string): Case => ({
  shape: 'openai',
  contentType: EVENTS,
  answer,
  client,
})
