import { z } from 'zod'
import { problemSchema } from '../text/problem.ts'

/** What is known of the upstream, from the last look at it. */
export const upstreamStateSchema = z.object({
  url: z.string(),
  /** Whether something answers there; `problem` says whether it is of use. */
  reachable: z.boolean(),
  /** Ollama's version, when it said one. */
  version: z.string().nullable(),
  /** Names of the models it has; empty when unknown. */
  models: z.array(z.string()),
  /** True for the built-in sample upstream of `--demo`. */
  sample: z.boolean(),
  checkedAt: z.number().int(),
  /** What is wrong with it and what to do, by the code of the refusal that an app gets (`upstream_stopped` for unreachable). */
  problem: problemSchema.nullable(),
})
export type UpstreamState = z.infer<typeof upstreamStateSchema>

/** Whether it answers, and answers as Ollama does: then requests can come through. */
export function isOfUse({ reachable, problem }: Pick<UpstreamState, 'reachable' | 'problem'>): boolean {
  return reachable && problem === null
}

export const gatewayStateSchema = z.object({
  status: z.enum(['running', 'paused', 'stopped']),
  /** What a person pastes into an extension: `http://localhost:11500`. */
  address: z.string(),
  port: z.number().int(),
  /** What to do when it does not run, such as for a taken port. */
  problem: problemSchema.nullable(),
  /** What other computers can use, such as `http://192.168.1.5:11500`; empty while it is for this computer only. */
  lan: z.array(z.string()),
  /** Why other computers cannot reach it as the settings say. */
  lanProblem: problemSchema.nullable(),
})
export type GatewayState = z.infer<typeof gatewayStateSchema>

/** Errors of Latchkey's own since it started, none of which ended it. */
export const failureStateSchema = z.object({
  /** Those that ended a request. */
  requests: z.number().int(),
  others: z.number().int(),
  /** The kind of the last one and its place in the code. */
  last: z.object({ time: z.number().int(), what: z.string(), where: z.string() }).nullable(),
})
export type FailureState = z.infer<typeof failureStateSchema>

export const appStateSchema = z.object({
  version: z.string(),
  shell: z.enum(['desktop', 'headless']),
  gateway: gatewayStateSchema,
  upstream: upstreamStateSchema,
  /** Keys that exist; 0 shows the first-run page. */
  keys: z.number().int(),
  /** Origins waiting for a decision. */
  pendingOrigins: z.number().int(),
  /** Keys of which the person is asked whether they may go online. */
  pendingOnline: z.number().int(),
  /** Things the person should know, such as a store that had to be recovered. */
  notices: z.array(problemSchema),
  failures: failureStateSchema,
})
export type AppState = z.infer<typeof appStateSchema>
