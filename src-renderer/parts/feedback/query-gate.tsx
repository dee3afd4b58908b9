import { Button } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { sentenceFor } from '../../api/sentence-for.ts'
import { text } from '../../text/text.ts'
import { Callout } from './callout.tsx'
import { Loading } from './loading.tsx'

interface QueryGateProps<T> {
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
}

/** Shows loaded data, or that it is loading, or why loading failed. */
export function QueryGate<T>({ query, children }: QueryGateProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (!query.isError) return <Loading />
  return (
    <Callout kind="bad" title={text.shell.loadFailed}>
      {sentenceFor(query.error)}{' '}
      <Button size="compact-sm" variant="default" onClick={() => void query.refetch()}>
        {text.shell.retry}
      </Button>
    </Callout>
  )
}
