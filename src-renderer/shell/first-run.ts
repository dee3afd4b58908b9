import { createContext, useContext } from 'react'

/** Whether this is the time before the first app is connected, and the call that ends it. */
export const FirstRunContext = createContext<{ active: boolean; end: () => void }>({ active: false, end: () => {} })

export const useFirstRunState = () => useContext(FirstRunContext)
