import { createContext, useContext } from 'react'

/** True until the first app is connected or the person leaves the first run, which `end` does. */
export const FirstRunContext = createContext<{ active: boolean; end: () => void }>({ active: false, end: () => {} })

export const useFirstRunState = () => useContext(FirstRunContext)
