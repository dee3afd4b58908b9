import { z } from 'zod'
import type { TryEvent } from '#shared/console-api/try-chat.ts'

/** The answer as far as it has arrived. */
export interface Answer {
  readonly status: number | null
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Milliseconds until the headers arrived. */
  readonly headAfterMs: number | null
  readonly text: string
  /** The thinking of a model, which comes before its answer. */
  readonly thinking: string
  /** The sentence of a refusal or of an error within the answer. */
  readonly problem: string | null
  /** null if the answer had no count. null is not zero. */
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  readonly end: { readonly whole: boolean; readonly afterMs: number } | null
  /** The beginning of an incomplete line. */
  readonly rest: string
}

export const NO_ANSWER: Answer = {
  status: null,
  headers: [],
  headAfterMs: null,
  text: '',
  thinking: '',
  problem: null,
  promptTokens: null,
  completionTokens: null,
  end: null,
  rest: '',
}

/** A line of Ollama's `/api/chat`: a piece of the answer, the counts in the last line, or an error. */
const lineSchema = z.object({
  message: z.object({ content: z.string().catch(''), thinking: z.string().catch('') }).optional(),
  error: z.string().optional(),
  prompt_eval_count: z.number().optional(),
  eval_count: z.number().optional(),
})

/** Adds an event to the answer. */
export function addEvent(answer: Answer, event: TryEvent): Answer {
  switch (event.type) {
    case 'head':
      return { ...answer, status: event.status, headers: event.headers, headAfterMs: event.afterMs }
    case 'text': {
      const lines = (answer.rest + event.text).split('\n')
      return lines.slice(0, -1).reduce(addLine, { ...answer, rest: lines.at(-1) ?? '' })
    }
    case 'end':
      return { ...addLine({ ...answer, rest: '' }, answer.rest), end: event }
  }
}

function addLine(answer: Answer, line: string): Answer {
  const parsed = readLine(line)
  if (parsed === undefined) return answer
  const { message, error, prompt_eval_count, eval_count } = parsed
  return {
    ...answer,
    text: answer.text + (message?.content ?? ''),
    thinking: answer.thinking + (message?.thinking ?? ''),
    problem: error ?? answer.problem,
    promptTokens: prompt_eval_count ?? answer.promptTokens,
    completionTokens: eval_count ?? answer.completionTokens,
  }
}

/** undefined for a line that is not valid. */
function readLine(line: string): z.output<typeof lineSchema> | undefined {
  if (line.trim() === '') return undefined
  try {
    return lineSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
