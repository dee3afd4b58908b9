import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { refetch } from '../refetch.ts'
import { eventApplier } from './apply-event.ts'
import { followEvents } from './follow-events.ts'

/** Shorter than this it is not worth a word, which would push the page down and up again. */
const LOST_AFTER_MS = 1000

/** `lost`: the core has been there and is not now. */
export type Connection = 'connecting' | 'open' | 'lost'

const ConnectionContext = createContext<Connection>('connecting')

export const useConnection = () => useContext(ConnectionContext)

/** Keeps everything below it up to date while the core runs, and knows whether it does. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connecting')

  useEffect(() => {
    const ending = new AbortController()
    const apply = eventApplier(client)
    let losing: ReturnType<typeof setTimeout> | undefined
    const found = () => {
      clearTimeout(losing)
      losing = undefined
    }
    void followEvents({
      signal: ending.signal,
      // What happened while nobody listened is only in the core, which may have another database by now.
      onOpen: () => {
        found()
        setConnection('open')
        apply({ type: 'replaced' })
      },
      onEvent: apply,
      onLost: () => {
        losing ??= setTimeout(() => setConnection('lost'), LOST_AFTER_MS)
      },
      onRefused: () => refetch(client, { queryKey: ['state'] }),
    })
    return () => {
      found()
      ending.abort()
    }
  }, [client])

  return <ConnectionContext value={connection}>{children}</ConnectionContext>
}
