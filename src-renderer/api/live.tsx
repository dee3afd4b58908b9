import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { eventApplier } from './apply-event.ts'
import { followEvents } from './follow-events.ts'

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
    void followEvents({
      signal: ending.signal,
      // What happened while nobody listened is only in the core.
      onOpen: () => {
        setConnection('open')
        void client.invalidateQueries()
      },
      onEvent: eventApplier(client),
      onLost: () => setConnection('lost'),
      onRefused: () => void client.invalidateQueries({ queryKey: ['state'] }),
    })
    return () => ending.abort()
  }, [client])

  return <ConnectionContext value={connection}>{children}</ConnectionContext>
}
