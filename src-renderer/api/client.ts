import {
  CONSOLE_API,
  type ConsoleInput,
  type ConsoleOutput,
  type ConsoleRoute,
  consoleErrorSchema,
} from '#shared/console-api/console-api.ts'
import type { Problem } from '#shared/text/problem.ts'
import { fetchFromCore } from './session.ts'

/** A request that the core refused. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly problem: Problem

  constructor(status: number, problem: Problem) {
    super(problem.message)
    this.status = status
    this.problem = problem
  }
}

type Arguments<R extends ConsoleRoute> = R extends `${string}/:id${string}`
  ? [input: ConsoleInput<R>, id: string]
  : [input: ConsoleInput<R>]

/**
 * Calls one route of the console's API. Rejects with an `ApiError`, or with a TypeError if the core does not answer.
 */
export async function call<R extends ConsoleRoute>(route: R, ...[input, id]: Arguments<R>): Promise<ConsoleOutput<R>> {
  const response = await fetchFromCore(...requestOf(route, input, id))
  if (!response.ok) throw await errorOf(response)
  return CONSOLE_API[route].output.parse(await response.json()) as ConsoleOutput<R>
}

export function isSessionMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}

/** Address and options of a call to a route, which is `METHOD path`. */
export function requestOf(route: string, input: object, id = ''): [url: string, init: RequestInit] {
  const [method = 'GET', template = ''] = route.split(' ')
  const path = template.replace(':id', encodeURIComponent(id))
  if (method === 'GET') return [path + queryOf(input), { method }]
  return [path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(input) }]
}

/** The query of an address, such as `?a=1`; empty for an empty input. */
export function queryOf(input: object): string {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)]))}`
}

/** The error of an answer that is not ok. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = consoleErrorSchema.safeParse(await response.json().catch(() => undefined))
  if (body.success) return new ApiError(response.status, body.data.error)
  const message = `${response.status} ${response.statusText}`.trim()
  return new ApiError(response.status, { code: 'unknown', message, parts: {} })
}
