import type { z } from 'zod'

const SHOWN_NAME_LENGTH = 60

/**
 * Parses what crossed a boundary. Throws an `InvalidInput` whose message is one plain sentence that names the first
 * field in error; a schema's own sentence wins. The value itself is never in it: it could hold a secret.
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input, { error: sentenceOfIssue })
  if (parsed.success) return parsed.data
  throw new InvalidInput(parsed.error.issues[0]?.message ?? 'This is not what was asked for.')
}

/** The message is one sentence for a person. */
export class InvalidInput extends Error {
  override name = 'InvalidInput'
}

function sentenceOfIssue(issue: z.core.$ZodRawIssue): string {
  const field = fieldOf(issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return `“${shorten(issue.keys[0] ?? '')}” is not known here.`
    case 'invalid_value':
      return `${field} must be one of ${issue.values.map(String).join(', ')}.`
    case 'too_small':
      return `${field} must be at least ${issue.minimum}${unitOf(issue.origin)}.`
    case 'too_big':
      return `${field} must be at most ${issue.maximum}${unitOf(issue.origin)}.`
    case 'invalid_type':
      return issue.input === undefined ? `${field} is missing.` : `${field} must be ${article(issue.expected)}.`
    default:
      return `${field} is not right.`
  }
}

function fieldOf(path: readonly PropertyKey[] | undefined): string {
  return path === undefined || path.length === 0 ? 'The input' : `“${shorten(path.map(String).join('.'))}”`
}

/** A field's name can come from outside, and then it can be long. */
function shorten(text: string): string {
  return text.length > SHOWN_NAME_LENGTH ? `${text.slice(0, SHOWN_NAME_LENGTH)}…` : text
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' entries long' : ''
}

function article(expected: string): string {
  switch (expected) {
    case 'int':
      return 'a whole number'
    case 'string':
      return 'a text'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    default:
      return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`
  }
}
