import { type RefObject, useCallback, useEffect, useRef } from 'react'

/** Moves the focus to the question and back. Browsers use this key only in their developer tools. */
export const FOCUS_KEY = 'F8'

interface PanelFocus {
  readonly panel: RefObject<HTMLElement | null>
  /** Call when the questions are in the panel: they are loaded late, and the key may have been pressed before. */
  readonly onShown: () => void
}

/** Works inside a dialog too, where Tab cannot leave the dialog. */
export function usePanelFocus(isAsking: boolean): PanelFocus {
  const panel = useRef<HTMLElement>(null)
  const left = useRef<HTMLElement | null>(null)
  const isWanted = useRef(false)
  const focusQuestion = useCallback(() => {
    const question = panel.current?.querySelector<HTMLElement>('[data-question]') ?? null
    isWanted.current = question === null
    question?.focus()
  }, [])
  const onShown = useCallback(() => {
    if (isWanted.current) focusQuestion()
  }, [focusQuestion])
  useEffect(() => {
    if (!isAsking) return
    const toggle = (event: KeyboardEvent) => {
      if (event.key !== FOCUS_KEY || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      const focused = document.activeElement
      if (panel.current?.contains(focused) === true) return left.current?.focus()
      left.current = focused instanceof HTMLElement ? focused : null
      focusQuestion()
    }
    window.addEventListener('keydown', toggle)
    return () => window.removeEventListener('keydown', toggle)
  }, [isAsking, focusQuestion])
  return { panel, onShown }
}
