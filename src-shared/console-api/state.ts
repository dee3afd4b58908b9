import { z } from 'zod'
import { problemSchema } from '../text/problem.ts'

/** The result of the last upstream check. */
export const upstreamStateSchema = z.object({
  url: z.string(),
  /** True if a server answers there; `problem` tells whether it is usable. */
  reachable: z.boolean(),
  /** Ollama's version, if the server reported one. */
  version: z.string().nullable(),
  /** Names of the models it has; empty when unknown. */
  models: z.array(z.string()),
  /** True for the built-in sample upstream of `--demo`. */
  sample: z.boolean(),
  checkedAt: z.number().int(),
  /** The fault and its remedy, with the code of the refusal that apps get (`upstream_stopped` if unreachable). */
  problem: problemSchema.nullable(),
})
export type UpstreamState = z.infer<typeof upstreamStateSchema>

/** True if the upstream answers like Ollama, so requests can succeed. */
export function isOfUse({ reachable, problem }: Pick<UpstreamState, 'reachable' | 'problem'>): boolean {
  return reachable && problem === null
}

export const gatewayStateSchema = z.object({
  status: z.enum(['running', 'paused', 'stopped']),
  /** The address to paste into an extension: `http://localhost:11500`. */
  address: z.string(),
  port: z.number().int(),
  /** Why the gateway does not run and how to fix it, such as a taken port. */
  problem: problemSchema.nullable(),
  /**
   * The addresses that other computers can use now, such as `https://192.168.1.5:11500`: with TLS those that its
   * certificate contains. Empty if only this computer has access.
   */
  lan: z.array(z.string()),
  /** Why other computers cannot use the gateway as the settings say. */
  lanProblem: problemSchema.nullable(),
})
export type GatewayState = z.infer<typeof gatewayStateSchema>

/** Internal errors since Latchkey started. None of them ended the process. */
export const failureStateSchema = z.object({
  /** Errors that ended a request. */
  requests: z.number().int(),
  others: z.number().int(),
  /** The kind of the last error and its location in the code. */
  last: z.object({ time: z.number().int(), what: z.string(), where: z.string() }).nullable(),
})
export type FailureState = z.infer<typeof failureStateSchema>

/** The console for other devices, which the setting `shareConsole` asks for. */
export const sharedConsoleSchema = z.object({
  /** Where other devices open it, the best address first: `https://box.local:11501`. Empty while they cannot. */
  urls: z.array(z.string()),
  /** Why other devices cannot open it although the setting asks for it. */
  problem: problemSchema.nullable(),
})
export type SharedConsole = z.infer<typeof sharedConsoleSchema>

export const appStateSchema = z.object({
  version: z.string(),
  shell: z.enum(['desktop', 'headless']),
  gateway: gatewayStateSchema,
  upstream: upstreamStateSchema,
  sharedConsole: sharedConsoleSchema,
  /** Keys that exist; 0 shows the first-run page. */
  keys: z.number().int(),
  /** Origins waiting for a decision. */
  pendingOrigins: z.number().int(),
  /** Keys that wait for permission to go online. */
  pendingOnline: z.number().int(),
  /** Keys made for one app that another app used, and that wait for a decision. */
  pendingOtherApps: z.number().int(),
  /** Persons who asked to join and wait for an answer. */
  pendingPeople: z.number().int(),
  /** Apps that wait for a key. */
  pendingPairings: z.number().int(),
  /** Things the person should know, such as a store that had to be recovered. */
  notices: z.array(problemSchema),
  failures: failureStateSchema,
})
export type AppState = z.infer<typeof appStateSchema>
