import type { MeterShape } from '#shared/gateway/routes.ts'
import { type JsonMember, readMembers } from './json-members.ts'

/** The fields by which a request limits its answer, as far as Ollama obeys them (openai/openai.go, api/types.go). */
const BOUNDS: Readonly<Partial<Record<MeterShape, readonly string[]>>> = {
  ollama: ['options', 'num_predict'],
  openai: ['max_tokens'],
  'openai-responses': ['max_output_tokens'],
  anthropic: ['max_tokens'],
}
/** Routes whose answer has no tokens. */
const EMBEDDINGS: ReadonlySet<MeterShape> = new Set(['ollama-embed', 'openai-embed'])

/**
 * The maximum number of tokens that a request allows its answer; null if it sets no limit or the body cannot be read.
 * If several names fold to the same field, the largest value counts.
 */
export function answerBound(body: Buffer | undefined, meter: MeterShape): number | null {
  if (EMBEDDINGS.has(meter)) return 0
  const path = BOUNDS[meter]
  if (body === undefined || path === undefined) return null
  const [name = '', inner] = path
  const bounds = valuesOf(body, name).flatMap((value) => (inner === undefined ? [value] : valuesOf(value, inner)))
  return largest(bounds.map((value) => Number(value.toString('latin1'))))
}

function valuesOf(text: Buffer, name: string): Buffer[] {
  const read = readMembers(text)
  if ('problem' in read) return []
  const named = read.members.filter((member) => member.folded === name)
  return named.map(({ valueStart, valueEnd }: JsonMember) => text.subarray(valueStart, valueEnd))
}

/** For Ollama 0 and negative values mean no limit. */
function largest(bounds: readonly number[]): number | null {
  if (bounds.length === 0 || bounds.some((bound) => !Number.isSafeInteger(bound) || bound <= 0)) return null
  return Math.max(...bounds)
}
