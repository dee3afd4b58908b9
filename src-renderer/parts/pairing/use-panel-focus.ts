import { type RefObject, useEffect, useRef } from 'react'

/** Moves the focus to the question and back. Browsers use this key only in their developer tools. */
export const FOCUS_KEY = 'F8'

/** Works inside a dialog too, where Tab cannot leave the dialog. */
export function usePanelFocus(isAsking: boolean): RefObject<HTMLElement | null> {
  const panel = useRef<HTMLElement>(null)
  const left = useRef<HTMLElement | null>(null)
  useEffect(() => {
    if (!isAsking) return
    const toggle = (event: KeyboardEvent) => {
      if (event.key !== FOCUS_KEY || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      const focused = document.activeElement
      if (panel.current?.contains(focused) === true) return left.current?.focus()
      left.current = focused instanceof HTMLElement ? focused : null
      panel.current?.querySelector<HTMLElement>('[data-question]')?.focus()
    }
    window.addEventListener('keydown', toggle)
    return () => window.removeEventListener('keydown', toggle)
  }, [isAsking])
  return panel
}
