import { PersonError, type PersonErrorCode } from '#shared/text/person-error.ts'
import type { Problem } from '#shared/text/problem.ts'

/**
 * An error as it travels between the threads. Copying an Error would lose its class, its code and its other properties.
 */
export interface WireError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: string | undefined
  /** Set for a PersonError only. */
  readonly parts: Problem['parts'] | undefined
  readonly cause: WireError | undefined
}

/** Deeper causes are left out, because an error can be its own cause. */
const DEEPEST = 5

export function toWire(error: unknown, depth = 0): WireError {
  if (!(error instanceof Error)) return { ...NOTHING, name: 'Error', message: String(error) }
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: 'code' in error && typeof error.code === 'string' ? error.code : undefined,
    parts: error instanceof PersonError ? error.parts : undefined,
    cause: error.cause === undefined || depth === DEEPEST ? undefined : toWire(error.cause, depth + 1),
  }
}

export function fromWire({ name, message, stack, code, parts, cause }: WireError): Error {
  const options = cause === undefined ? {} : { cause: fromWire(cause) }
  const error =
    parts === undefined
      ? Object.assign(new Error(message, options), { name }, code === undefined ? {} : { code })
      : new PersonError(code as PersonErrorCode, message, { ...options, parts })
  // The stack names the place in the other thread, where the error happened.
  if (stack !== undefined) error.stack = stack
  return error
}

const NOTHING = { stack: undefined, code: undefined, parts: undefined, cause: undefined }
