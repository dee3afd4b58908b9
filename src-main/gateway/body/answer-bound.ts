import type { MeterShape } from '#shared/gateway/routes.ts'
import { type JsonMember, readMembers } from './json-members.ts'

/** Where a request says how long its answer may be, as far as Ollama obeys it (openai/openai.go, api/types.go). */
const BOUNDS: Readonly<Partial<Record<MeterShape, readonly string[]>>> = {
  ollama: ['options', 'num_predict'],
  openai: ['max_tokens'],
  'openai-responses': ['max_output_tokens'],
  anthropic: ['max_tokens'],
}
/** These have no answer of tokens. */
const EMBEDDINGS: ReadonlySet<MeterShape> = new Set(['ollama-embed', 'openai-embed'])

/**
 * The most tokens that a request lets its answer have; null where it sets no end to it, or where that cannot be read.
 * Of names that stand there twice, in whatever letters, the largest counts.
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

/** Zero and less are no end for Ollama. */
function largest(bounds: readonly number[]): number | null {
  if (bounds.length === 0 || bounds.some((bound) => !Number.isSafeInteger(bound) || bound <= 0)) return null
  return Math.max(...bounds)
}
