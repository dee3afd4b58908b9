import type { z } from 'zod'
import { plural } from './plural.ts'
import { type Problem, type ProblemCode, problem } from './problem.ts'

const SHOWN_NAME_LENGTH = 60

/** Sentences that a schema sets itself for an invalid value, by problem code. */
export const INPUT_SENTENCES = {
  key_name_missing: 'Give the key a name.',
  key_name_too_long: 'A name can have at most 80 characters.',
  person_name_missing: 'Give the person a name.',
  hours_wrong: 'Hours look like 07:30-20:00. They begin and end at different times.',
  key_without_scope: 'A key needs at least one scope.',
  endpoint_wrong: 'An endpoint must begin with "/", such as /api/chat or /v1/*.',
  upstream_wrong: 'The address of Ollama looks like http://127.0.0.1:11434.',
  certificate_wrong: 'This is not a certificate. A certificate file begins with -----BEGIN CERTIFICATE-----.',
  certificate_is_key: 'This file contains a private key. Choose the file that contains only the certificate.',
  host_name_wrong: 'A host name can have only letters, digits, dots and hyphens, such as ollama.home.',
  lan_wrong: 'Enter “all” or a list of this computer’s addresses, such as 192.168.1.5.',
  path_not_absolute: 'Enter the whole path of the file, such as /etc/ssl/latchkey.pem.',
  provider_twice: 'Give each provider an id of its own.',
  upstream_key_wrong:
    'This is not a key. A key has only letters, digits and . _ ~ + / - characters. For a name and a password, enter name:password.',
  pasted_key_missing: 'Paste a key.',
  pasted_key_too_long: 'This is too long for a key.',
  pasted_key_wrong: 'This is not a key. A key has only letters, digits and hyphens.',
  model_missing: 'Choose a model.',
  question_missing: 'Write a question.',
  question_too_long: 'A test question can have at most 4000 characters.',
  range_wrong: 'The start of a range must be before its end.',
  cursor_wrong: 'This is not a valid cursor. Use the time and id of the last exchange of a page.',
  origin_wrong:
    'A site looks like https://example.org and an extension like chrome-extension://abcdefgh. Leave out the path.',
} as const satisfies Partial<Record<ProblemCode, string>>

const CODES = new Map<string, ProblemCode>(
  Object.entries(INPUT_SENTENCES).map(([code, sentence]) => [sentence, code as keyof typeof INPUT_SENTENCES]),
)

/**
 * Parses input from outside. Throws an `InvalidInput` whose problem names the first invalid field in one plain
 * sentence; a schema's own sentence takes precedence. The sentence never contains the value, because the value could be
 * a secret.
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  // zod passes on only the message, so the problem is looked up by its message.
  const about = new Map<string, Problem>()
  const error = (issue: z.core.$ZodRawIssue) => {
    const found = problemOfIssue(issue)
    about.set(found.message, found)
    return found.message
  }
  const parsed = schema.safeParse(input, { error })
  if (parsed.success) return parsed.data
  const message = parsed.error.issues[0]?.message ?? 'The input is not valid.'
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
      return problem('input_unknown', `Latchkey does not know the field “${unknown}”.`, { field: unknown })
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
      return problem('input_wrong', `${field} is not valid.`, { field: named })
  }
}

/** Problem codes for a text or a list that is too short or too long. */
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

/** Field names can come from outside, so they can be long. */
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
