import { Notification, type NotificationConstructorOptions } from 'electron'
import type { QuestionPorts } from './questions.ts'

/**
 * Notifications that may still be on screen. Without a reference here, Electron would garbage-collect them and their
 * handlers.
 */
const shown = new Set<Notification>()

/**
 * Shows a notification that needs no answer; a click calls `onClick`. Returns false where the system has no
 * notifications.
 */
export function tell(title: string, body: string, onClick: () => void = () => {}): boolean {
  if (!Notification.isSupported()) return false
  show({ title, body, silent: true }, () => {}).on('click', onClick)
  return true
}

/**
 * Shows a notification and resolves to whether the desktop accepted it. On Linux no notification service may be
 * running.
 */
export async function tellForSure(title: string, body: string): Promise<boolean> {
  if (!Notification.isSupported()) return false
  return new Promise((resolve) => {
    // GNOME shows no banner for a notification of low urgency.
    const notification = make({ title, body, urgency: 'normal' }, () => {})
    notification.once('show', () => resolve(true)).once('failed', () => resolve(false))
    notification.show()
  })
}

/** Shows a question as a native notification. Where the system has none, the tray and the window still ask. */
export const showQuestion: QuestionPorts['show'] = ({ title, body, buttons }, handlers) => {
  if (!Notification.isSupported()) return () => {}
  const actions = buttons.map((text) => ({ type: 'button', text }) as const)
  const notification = show({ title, body, actions }, handlers.onClose)
  notification.on('click', () => handlers.onClick())
  notification.on('action', ({ actionIndex }) => handlers.onButton(actionIndex))
  return () => {
    shown.delete(notification)
    notification.close()
  }
}

function show(options: NotificationConstructorOptions, onClose: () => void): Notification {
  const notification = make(options, onClose)
  notification.show()
  return notification
}

function make(options: NotificationConstructorOptions, onClose: () => void): Notification {
  // On Linux a notification without an urgency is sent as `low`, which GNOME files away without showing it.
  const notification = new Notification({ ...options, urgency: 'normal' })
  notification.on('close', ({ reason }) => {
    // Windows moves it to the notification centre, where the person can still click it.
    if (reason === 'timedOut') return
    shown.delete(notification)
    onClose()
  })
  shown.add(notification)
  return notification
}
