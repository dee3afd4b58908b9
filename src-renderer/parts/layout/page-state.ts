import { useMemo } from 'react'
import { navigate, useHistoryState } from 'wouter/use-browser-location'
import type { z } from 'zod'

/**
 * What a page is set to, kept with its entry in the browser's history: Back brings it as it was left, a reload keeps it,
 * and a link may bring it along as its `state`. Not in the address, where it would be cut and pasted.
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
