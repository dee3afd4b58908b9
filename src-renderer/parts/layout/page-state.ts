import { useMemo } from 'react'
import { navigate, useHistoryState } from 'wouter/use-browser-location'
import type { z } from 'zod'

/**
 * The state of a page, kept in its entry of the browser's history: Back and reload restore it, and a link can set it
 * with `state`. Not in the address, which people copy.
 */
export function usePageState<S extends z.ZodType>(schema: S, fallback: z.output<S>) {
  const kept = useHistoryState<unknown>()
  const value = useMemo(() => {
    const parsed = schema.safeParse(kept ?? undefined)
    return parsed.success ? parsed.data : fallback
  }, [schema, kept, fallback])
  const set = (next: z.output<S>) => navigate(location.href, { replace: true, state: next })
  return [value, set] as const
}
