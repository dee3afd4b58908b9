import type { Problem, ProblemCode } from './problem.ts'

/** Codes of errors that occur only in the command line or at the start of a shell. They are never translated. */
type StartCode =
  | 'already_running'
  | 'console_port_taken'
  | 'data_dir'
  | 'file_not_readable'
  | 'file_not_written'
  | 'find_no_network'
  | 'gateway_not_started'
  | 'keys_file'
  | 'list_empty'
  | 'list_open'
  | 'move_differs'
  | 'move_forgetting'
  | 'move_gateways'
  | 'move_not_empty'
  | 'move_same_kind'
  | 'name_not_unique'
  | 'no_backup'
  | 'no_console_link'
  | 'no_lan_address'
  | 'no_such_invitation'
  | 'no_such_key'
  | 'no_such_provider'
  | 'no_such_request'
  | 'no_such_site'
  | 'not_confirmed'
  | 'not_in_list'
  | 'not_running'
  | 'otlp_wrong'
  | 'settings_damaged'
  | 'no_such_setting'
  | 'setting_without_value'
  | 'unexpected_answer'
  | 'update_failed'
  | 'workers_need_database'

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
