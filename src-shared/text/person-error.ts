import type { Problem, ProblemCode } from './problem.ts'

/** Codes of errors that occur only in the command line or at the start of a shell. They are never translated. */
type StartCode =
  | 'already_running'
  | 'console_port_taken'
  | 'data_dir'
  | 'file_not_readable'
  | 'file_not_written'
  | 'gateway_not_started'
  | 'keys_file'
  | 'list_empty'
  | 'list_open'
  | 'name_not_unique'
  | 'no_backup'
  | 'no_console_link'
  | 'no_such_key'
  | 'no_such_request'
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
  /** Values that the sentence mentions, by the names in `PROBLEM_PARTS`. */
  readonly parts?: Problem['parts']
}

/** An error that a person can fix. Its message is one sentence for that person and never contains a secret. */
export class PersonError extends Error {
  override name = 'PersonError'
  readonly code: PersonErrorCode
  readonly parts: Problem['parts']

  constructor(code: PersonErrorCode, message: string, { parts = {}, ...options }: PersonErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.parts = parts
  }

  /** The error in the form that the console API sends. */
  get problem(): Problem {
    return { code: this.code, message: this.message, parts: this.parts }
  }
}
