import type { z } from 'zod'
import { plural } from './plural.ts'
import { type Problem, type ProblemCode, problem } from './problem.ts'

const SHOWN_NAME_LENGTH = 60

/** What a schema says itself about a value that is not right, by the code of the problem. */
export const INPUT_SENTENCES = {
  key_name_missing: 'Give the key a name.',
  key_name_too_long: 'A name has at most 80 characters.',
  key_without_scope: 'A key needs at least one scope.',
  endpoint_wrong: 'An endpoint begins with "/", such as /api/chat or /v1/*.',
  upstream_wrong: 'The address of Ollama looks like http://127.0.0.1:11434.',
  certificate_wrong: 'This is not a certificate: a certificate’s file begins with -----BEGIN CERTIFICATE-----.',
  certificate_is_key: 'There is a private key in this file. Choose the file that holds only the certificate.',
  host_name_wrong: 'A host name has letters, digits, dots and hyphens, such as ollama.home.',
  lan_wrong: 'Give “all”, or a list of this computer’s addresses such as 192.168.1.5.',
  upstream_key_wrong:
    'This is not a key. A key has letters, digits and . _ ~ + / - only; for a name and a password, write name:password.',
  pasted_key_missing: 'Paste a key.',
  pasted_key_too_long: 'This is too long for a key.',
  pasted_key_wrong: 'This is not a key: it has letters, digits and hyphens only.',
  model_missing: 'Choose a model.',
  question_missing: 'Write a question.',
  question_too_long: 'A test question has at most 4000 characters.',
  range_wrong: 'A range needs a beginning that comes before its end.',
  cursor_wrong: 'This is not where a page of exchanges ends.',
  origin_wrong: 'A site looks like https://example.org, an extension like chrome-extension://abcdefgh, without a path.',
} as const satisfies Partial<Record<ProblemCode, string>>

const CODES = new Map<string, ProblemCode>(
  Object.entries(INPUT_SENTENCES).map(([code, sentence]) => [sentence, code as keyof typeof INPUT_SENTENCES]),
)

/**
 * Parses what crossed a boundary. Throws an `InvalidInput` whose problem is one plain sentence that names the first
 * field in error; a schema's own sentence wins. The value itself is never in it: it could hold a secret.
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  // The message that zod carries is a sentence; what it is about is found again by it.
  const about = new Map<string, Problem>()
  const error = (issue: z.core.$ZodRawIssue) => {
    const found = problemOfIssue(issue)
    about.set(found.message, found)
    return found.message
  }
  const parsed = schema.safeParse(input, { error })
  if (parsed.success) return parsed.data
  const message = parsed.error.issues[0]?.message ?? 'This is not what was asked for.'
  throw new InvalidInput(about.get(message) ?? { code: CODES.get(message) ?? 'input', message, parts: {} })
}

/** The message is one sentence for a person. */
export class InvalidInput extends Error {
  override name = 'InvalidInput'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

function problemOfIssue(issue: z.core.$ZodRawIssue): Problem {
  const field = fieldOf(issue.path)
  const named = nameOf(issue.path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = shorten(issue.keys[0] ?? '')
      return problem('input_unknown', `“${unknown}” is not known here.`, { field: unknown })
    }
    case 'invalid_value': {
      const choices = issue.values.map(String).join(', ')
      return problem('input_choice', `${field} must be one of ${choices}.`, { field: named, choices })
    }
    case 'too_small': {
      const parts = { field: named, limit: String(issue.minimum) }
      return problem(
        BOUNDS[issue.origin]?.[0] ?? 'input_too_small',
        `${field} must be at least ${sizeOf(issue.origin, issue.minimum)}.`,
        parts,
      )
    }
    case 'too_big': {
      const parts = { field: named, limit: String(issue.maximum) }
      return problem(
        BOUNDS[issue.origin]?.[1] ?? 'input_too_big',
        `${field} must be at most ${sizeOf(issue.origin, issue.maximum)}.`,
        parts,
      )
    }
    case 'invalid_type':
      return issue.input === undefined
        ? problem('input_missing', `${field} is missing.`, { field: named })
        : problem('input_type', `${field} must be ${article(issue.expected)}.`, { field: named })
    default:
      return problem('input_wrong', `${field} is not right.`, { field: named })
  }
}

/** What is too little or too much of a text or a list. */
const BOUNDS: Readonly<Record<string, readonly [under: BoundCode, over: BoundCode]>> = {
  string: ['input_too_short', 'input_too_long'],
  array: ['input_too_few', 'input_too_many'],
}
type BoundCode = 'input_too_short' | 'input_too_long' | 'input_too_few' | 'input_too_many'

function fieldOf(path: readonly PropertyKey[] | undefined): string {
  const name = nameOf(path)
  return name === '' ? 'The input' : `“${name}”`
}

function nameOf(path: readonly PropertyKey[] | undefined): string {
  return shorten((path ?? []).map(String).join('.'))
}

/** A field's name can come from outside, and then it can be long. */
function shorten(text: string): string {
  return text.length > SHOWN_NAME_LENGTH ? `${text.slice(0, SHOWN_NAME_LENGTH)}…` : text
}

function sizeOf(origin: string, limit: number | bigint): string {
  if (origin === 'string') return `${plural(Number(limit), 'character')} long`
  return origin === 'array' ? `${plural(Number(limit), 'entry', 'entries')} long` : String(limit)
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
