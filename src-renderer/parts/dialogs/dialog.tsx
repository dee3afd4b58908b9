import { Modal, type ModalProps } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { text } from '../../text/text.ts'

interface DialogProps extends Pick<ModalProps, 'size' | 'closeOnClickOutside' | 'closeOnEscape' | 'withCloseButton'> {
  title: string
  onClose: () => void
  children: ReactNode
}

/** Over the page until it is closed; whoever opened it has the focus again then. There only while it is open. */
export function Dialog({ title, onClose, children, ...modal }: DialogProps) {
  useFocusBack()
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': text.shell.close }} {...modal}>
      {children}
    </Modal>
  )
}

/** Of the dialog that is open, if one is: a dialog that takes its place has the same opener. */
let openerOfLast: HTMLElement | null = null

/** Whether the last thing that a person did was to press a key. Listens before any dialog, which the key may close. */
let byKeyboard = false
for (const type of ['keydown', 'pointerdown']) {
  window.addEventListener(type, () => (byKeyboard = type === 'keydown'), true)
}

/**
 * Mantine gives the focus back to a dialog's opener when `opened` changes, not when the dialog goes altogether.
 * Whoever closed it by the keyboard sees where the focus is: Firefox hides it where the dialog was opened by the mouse.
 */
function useFocusBack(): void {
  // While it is drawn for the first time: a menu that led here is still there then.
  const [opener] = useState(() => openerOf(document.activeElement))
  useEffect(() => {
    openerOfLast = opener
    return () => {
      // By then the dialog's own elements are gone, and the body has the focus: unless a person has moved it on.
      setTimeout(() => {
        if (document.querySelector('[role=dialog]') !== null) return
        openerOfLast = null
        if (isNowhere(document.activeElement)) opener?.focus({ focusVisible: byKeyboard })
      })
    }
  }, [opener])
}

function openerOf(element: Element | null): HTMLElement | null {
  // A button that is busy lets go of the focus.
  if (element === null || isNowhere(element) || element.closest('[role=dialog]') !== null) return openerOfLast
  // An entry of a menu is gone when the dialog closes: the button that opened the menu stands for it.
  const button = element.closest('[role=menu]')?.getAttribute('aria-labelledby')
  const opener = button == null ? element : document.getElementById(button)
  return opener instanceof HTMLElement ? opener : null
}

function isNowhere(focused: Element | null): boolean {
  return focused === null || focused === document.body
}
