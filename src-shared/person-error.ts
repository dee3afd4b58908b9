/** Something a person can mend: its message is one sentence made for them, with no secret in it. */
export class PersonError extends Error {
  override name = 'PersonError'
  /** For programs: `name_taken`, `port_taken`, `store_full` ... */
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
