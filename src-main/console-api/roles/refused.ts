import { ConsoleError } from '../console-error.ts'

export function roleNotAllowed(): ConsoleError {
  return new ConsoleError(403, 'role_not_allowed', 'Your role does not allow this. Ask the owner of this Latchkey.')
}

/** In place of an operation that the role does not have. */
export function refuse(): never {
  throw roleNotAllowed()
}

/** The same for an operation that returns a promise. */
export async function refused(): Promise<never> {
  throw roleNotAllowed()
}
