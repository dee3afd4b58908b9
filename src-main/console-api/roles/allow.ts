import type { MiddlewareHandler } from 'hono'
import type { Role } from '#shared/people/role.ts'
import type { ConsoleEnv } from '../console-env.ts'
import { roleNotAllowed } from './refused.ts'

/** Lets only persons with one of these roles through. It runs before anything of the request's body is read. */
export function allow(roles: readonly Role[]): MiddlewareHandler<ConsoleEnv> {
  return async ({ env: { caller } }, next) => {
    if (caller === null || !roles.includes(caller.role)) throw roleNotAllowed()
    await next()
  }
}
