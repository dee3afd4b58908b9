import type { z } from 'zod'
import type { CONSOLE_API, ConsoleOutput, ConsoleRoute } from '#shared/console-api/console-api.ts'

export type ParsedInput<R extends ConsoleRoute> = z.output<(typeof CONSOLE_API)[R]['input']>

/** A handler returns undefined if the subject does not exist. A route without a row does not compile. */
export type Handlers = {
  readonly [R in ConsoleRoute]: (input: ParsedInput<R>, params: RouteParams<R>) => Promise<ConsoleOutput<R> | undefined>
}

export type RouteParams<R extends ConsoleRoute> = R extends `${string}/:id${string}` ? { readonly id: string } : object
