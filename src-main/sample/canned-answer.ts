import { plural } from '#shared/text/plural.ts'

// sample upstream: canned answers, no model.

/** An answer of the sample. One word is one token, so that everybody can check the counts. */
export interface CannedAnswer {
  /** The answer in pieces of one token; joined, they are the whole text. */
  readonly pieces: readonly string[]
  readonly promptTokens: number
  readonly doneReason: 'stop' | 'length'
}

const CANNED = 'This is a made-up answer from Latchkey’s built-in sample. No model is running here. Your question had'
const LONGEST_COUNT = 100_000

/** Gives the same answer to the same prompt. "Count to 500" counts to 500, for long streams. */
export function cannedAnswer(prompt: readonly string[], limit: unknown): CannedAnswer {
  const promptTokens = prompt.reduce((sum, part) => sum + countTokens(part), 0)
  const words = wordsFor(prompt.at(-1) ?? '', promptTokens)
  const cap = typeof limit === 'number' && limit > 0 ? limit : words.length
  const said = words.slice(0, cap)
  return {
    pieces: said.map((word, index) => (index === 0 ? word : ` ${word}`)),
    promptTokens,
    doneReason: said.length < words.length ? 'length' : 'stop',
  }
}

function wordsFor(lastPart: string, promptTokens: number): string[] {
  const count = /\bcount to (\d{1,6})\b/i.exec(lastPart)
  if (count === null) return `${CANNED} ${plural(promptTokens, 'word')}.`.split(' ')
  const length = Math.min(Number(count[1]), LONGEST_COUNT)
  return Array.from({ length }, (_, index) => String(index + 1))
}

/**
 * Counts the words between white space, one at a time, because a list of all words of a large text would be many times
 * its size.
 */
export function countTokens(text: string): number {
  const word = /\S+/g
  let count = 0
  while (word.test(text)) count++
  return count
}

/** Every text in a message, a list of messages or a list of content parts, in any dialect and at any depth. */
export function textsOf(content: unknown): string[] {
  const texts: string[] = []
  const left = [content]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next === 'string') texts.push(next)
    else if (Array.isArray(next)) for (let at = next.length - 1; at >= 0; at--) left.push(next[at])
    else if (typeof next === 'object' && next !== null) left.push('text' in next ? next.text : contentOf(next))
  }
  return texts
}

function contentOf(part: object): unknown {
  return 'content' in part ? part.content : undefined
}

const DIMENSIONS = 16

/** A vector that depends only on the text. */
export function cannedEmbedding(text: string): number[] {
  const vector = Array.from({ length: DIMENSIONS }, () => 0)
  for (let index = 0; index < text.length; index++) {
    const slot = (text.charCodeAt(index) + index) % DIMENSIONS
    vector[slot] = (vector[slot] ?? 0) + 1
  }
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}
