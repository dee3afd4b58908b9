import { type Query, useQuery } from '@tanstack/react-query'
import { callSignIn } from '../../api/sign-in.ts'

/**
 * True until the first answer. Other queries are asked again after each action, but each of these counts as an attempt, and
 * an invitation is used up by joining.
 */
const once = ({ state }: Pick<Query, 'state'>) => state.dataUpdateCount + state.errorUpdateCount === 0

export const useSignInOptions = () =>
  useQuery({ queryKey: ['sign-in'], queryFn: () => callSignIn('GET /api/sign-in', {}), enabled: once })

/** What a valid invitation promises. */
export const useInvited = (code: string) =>
  useQuery({
    queryKey: ['invitation', code],
    queryFn: () => callSignIn('POST /api/join/look', { code }),
    enabled: once,
  })
