import { z } from 'zod'
import type { UpstreamFault } from '../gateway/refusals.ts'

/** The answer to a probe; undefined if none arrived in time or it was too long. */
export type ProbeAnswer =
  | { readonly status: number; readonly body: string }
  | { readonly fault: UpstreamFault }
  | undefined

/** Ollama's version endpoint. No other known server has it. */
export const VERSION_PATH = '/api/version'
const versionSchema = z.object({ version: z.string().max(100) })

/** Derives the upstream's version or its fault from the answer at VERSION_PATH. */
export function judgeVersion(answer: ProbeAnswer): { version: string } | { fault: UpstreamFault } {
  if (answer === undefined) return { fault: 'upstream_unreachable' }
  if ('fault' in answer) return { fault: NO_OLLAMA.has(answer.fault) ? 'upstream_not_ollama' : answer.fault }
  // A proxy answers 5xx when Ollama is down.
  if (answer.status >= 500) return { fault: 'upstream_failing' }
  const version = answer.status === 200 ? versionIn(answer.body) : undefined
  return version === undefined ? { fault: 'upstream_not_ollama' } : { version }
}

const NO_OLLAMA: ReadonlySet<UpstreamFault> = new Set<UpstreamFault>(['upstream_invalid', 'upstream_unreadable'])

function versionIn(body: string): string | undefined {
  try {
    return versionSchema.safeParse(JSON.parse(body)).data?.version
  } catch {
    return undefined
  }
}
