import type { Context } from 'hono'
import { InvalidInput } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, type ProblemCode, problem } from '#shared/text/problem.ts'
import type { Log } from '../base/log.ts'
import type { ConsoleEnv } from './console-env.ts'

type RefusalStatus = 400 | 401 | 403 | 404 | 413 | 415
type PlainCode = Extract<
  ProblemCode,
  'bad_json' | 'json_needed' | 'not_found' | 'role_not_allowed' | 'session_missing' | 'too_large'
>

/** A refusal of the console itself, in the form of `consoleErrorSchema`. */
export class ConsoleError extends Error {
  override name = 'ConsoleError'
  readonly status: RefusalStatus
  readonly code: PlainCode

  constructor(status: RefusalStatus, code: PlainCode, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

type ErrorContext = Pick<Context<ConsoleEnv>, 'req' | 'json'>

/**
 * Turns an error into a response; no other code does. An error that a person cannot fix is logged without the request's
 * body and query, and answered without its message, which could contain anything.
 */
export function answerError(error: unknown, context: ErrorContext, log: Pick<Log, 'error'>): Response {
  if (error instanceof ConsoleError) return answer(context, error.status, problem(error.code, error.message, {}))
  if (error instanceof InvalidInput) return answer(context, 400, error.problem)
  if (error instanceof PersonError) return answer(context, 409, error.problem)
  log.error({ err: error, method: context.req.method, path: context.req.path }, 'a console request failed')
  return answer(context, 500, problem('internal', 'Latchkey had an internal error. Try again.', {}))
}

function answer(context: ErrorContext, status: RefusalStatus | 409 | 500, error: Problem): Response {
  return context.json({ error }, status)
}
