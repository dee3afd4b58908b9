import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { isSessionMissing } from './client.ts'
import { refetch } from './refetch.ts'
import { sentenceFor } from './sentence-for.ts'

export interface Action<A extends unknown[], T> {
  /** Resolves to undefined if it failed; `problem` then has the reason. */
  run(...args: A): Promise<T | undefined>
  busy: boolean
  /** One sentence for the person; null when the next run starts. */
  problem: string | null
}

interface ActionOptions {
  /** Gets the sentence too, for places that cannot show `problem`. */
  onProblem?: (sentence: string) => void
}

/**
 * Runs something for the person and then refetches. Not react-query's mutation, which would keep the answer in its
 * cache, and with it a new secret.
 */
export function useAction<A extends unknown[], T>(
  perform: (...args: A) => Promise<T>,
  { onProblem }: ActionOptions = {},
): Action<A, T> {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  async function run(...args: A): Promise<T | undefined> {
    setBusy(true)
    setProblem(null)
    try {
      return await perform(...args)
    } catch (error) {
      setProblem(sentenceFor(error))
      onProblem?.(sentenceFor(error))
      if (isSessionMissing(error)) refetch(client, { queryKey: ['state'] })
      return undefined
    } finally {
      setBusy(false)
      refetch(client, { predicate: (query) => query.queryKey[0] !== 'exchanges' })
    }
  }

  return { run, busy, problem }
}

/**
 * An action that can succeed and yet not help. `perform` resolves to the reason, which becomes `problem`, or to null.
 * `run` resolves to true if it helped.
 */
export function useAttempt(perform: () => Promise<string | null>): Action<[], boolean> {
  const [reason, setReason] = useState<string | null>(null)
  const action = useAction(async () => {
    setReason(null)
    const still = await perform()
    setReason(still)
    return still === null
  })
  return { ...action, problem: action.problem ?? reason }
}
