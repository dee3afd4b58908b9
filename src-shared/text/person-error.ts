import type { Problem, ProblemCode } from './problem.ts'

/** What only the command line, or the start of a shell, can say no with: it is never translated. */
type StartCode =
  | 'already_running'
  | 'console_port_taken'
  | 'data_dir'
  | 'file_not_readable'
  | 'file_not_written'
  | 'gateway_not_started'
  | 'list_empty'
  | 'list_open'
  | 'name_not_unique'
  | 'no_backup'
  | 'no_console_link'
  | 'no_such_key'
  | 'no_such_site'
  | 'not_confirmed'
  | 'not_in_list'
  | 'not_running'
  | 'settings_damaged'
  | 'no_such_setting'
  | 'unexpected_answer'
  | 'update_failed'

export type PersonErrorCode = ProblemCode | StartCode

interface PersonErrorOptions {
  readonly cause?: unknown
  /** What the sentence mentions, by the names of `PROBLEM_PARTS`. */
  readonly parts?: Problem['parts']
}

/** Something a person can mend: its message is one sentence made for them, with no secret in it. */
export class PersonError extends Error {
  override name = 'PersonError'
  readonly code: PersonErrorCode
  readonly parts: Problem['parts']

  constructor(code: PersonErrorCode, message: string, { parts = {}, ...options }: PersonErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.parts = parts
  }

  /** The same as it crosses to the console. */
  get problem(): Problem {
    return { code: this.code, message: this.message, parts: this.parts }
  }
}
