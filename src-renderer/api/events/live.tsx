import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { refetch } from '../refetch.ts'
import { EventApplier } from './apply-event.ts'
import { followEvents } from './follow-events.ts'

/** A shorter loss is not shown: the message would move the page down and up again. */
const LOST_AFTER_MS = 1000

/** `lost`: the core answered before and does not answer now. */
export type Connection = 'connecting' | 'open' | 'lost'

const ConnectionContext = createContext<Connection>('connecting')

export const useConnection = () => useContext(ConnectionContext)

/** Keeps the data of the pages up to date with the core's events, and provides the state of the connection. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connecting')

  useEffect(() => {
    const ending = new AbortController()
    const applier = new EventApplier(client)
    let losing: ReturnType<typeof setTimeout> | undefined
    const found = () => {
      clearTimeout(losing)
      losing = undefined
    }
    void followEvents({
      signal: ending.signal,
      // Events were missed while there was no connection, and the core may have another database now.
      onOpen: () => {
        found()
        setConnection('open')
        applier.apply({ type: 'replaced' })
      },
      onEvent: (event) => applier.apply(event),
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
