import { Modal, type ModalProps } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { text } from '../../text/text.ts'

interface DialogProps extends Pick<ModalProps, 'size' | 'closeOnClickOutside' | 'closeOnEscape' | 'withCloseButton'> {
  title: string
  onClose: () => void
  children: ReactNode
}

/** A modal dialog. It exists only while it is open; when it closes, its opener gets the focus back. */
export function Dialog({ title, onClose, children, ...modal }: DialogProps) {
  useFocusBack()
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': text.shell.close }} {...modal}>
      {children}
    </Modal>
  )
}

/** The opener of the open dialog. A dialog that replaces it has the same opener. */
let openerOfLast: HTMLElement | null = null

/** True if the last input was a key. Listens before the dialogs, because the key can close one. */
let byKeyboard = false
for (const type of ['keydown', 'pointerdown']) {
  window.addEventListener(type, () => (byKeyboard = type === 'keydown'), true)
}

/**
 * Mantine returns the focus to a dialog's opener when `opened` changes, but not when the dialog is unmounted.
 * The focus is visible if the dialog was closed by keyboard: Firefox hides it if the dialog was opened by mouse.
 */
function useFocusBack(): void {
  // During the first render, when a menu that opened the dialog still exists.
  const [opener] = useState(() => openerOf(document.activeElement))
  useEffect(() => {
    openerOfLast = opener
    return () => {
      // The dialog's elements are gone by then, and the body has the focus unless the person has moved it.
      setTimeout(() => {
        if (document.querySelector('[role=dialog]') !== null) return
        openerOfLast = null
        if (isNowhere(document.activeElement)) opener?.focus({ focusVisible: byKeyboard })
      })
    }
  }, [opener])
}

function openerOf(element: Element | null): HTMLElement | null {
  // A busy button loses the focus.
  if (element === null || isNowhere(element) || element.closest('[role=dialog]') !== null) return openerOfLast
  // A menu's entry is gone when the dialog closes, so the menu's button replaces it.
  const button = element.closest('[role=menu]')?.getAttribute('aria-labelledby')
  const opener = button == null ? element : document.getElementById(button)
  return opener instanceof HTMLElement ? opener : null
}

function isNowhere(focused: Element | null): boolean {
  return focused === null || focused === document.body
}
