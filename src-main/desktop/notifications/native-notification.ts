import { Notification, type NotificationConstructorOptions } from 'electron'
import type { QuestionPorts } from './questions.ts'

/** Those that a person may still see: Electron takes one away that nothing refers to, and its handlers with it. */
const shown = new Set<Notification>()

/** Tells the person something that wants no answer, though a click may lead on. False where there are no notifications. */
export function tell(title: string, body: string, onClick: () => void = () => {}): boolean {
  if (!Notification.isSupported()) return false
  show({ title, body, silent: true }, () => {}).on('click', onClick)
  return true
}

/** The same, but resolves to whether the desktop has taken it: on Linux it may have nobody who shows it. */
export async function tellForSure(title: string, body: string): Promise<boolean> {
  if (!Notification.isSupported()) return false
  return new Promise((resolve) => {
    // Not so quietly that GNOME would put it away.
    const notification = make({ title, body, urgency: 'normal' }, () => {})
    notification.once('show', () => resolve(true)).once('failed', () => resolve(false))
    notification.show()
  })
}

/** Shows a question as a native notification. Where there are none, the tray and the window still ask. */
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
  // Linux, left to itself, ranks a notification `low`, which GNOME puts away without showing it.
  const notification = new Notification({ ...options, urgency: 'normal' })
  notification.on('close', ({ reason }) => {
    // Windows moves it to its notification centre, where it can still be clicked.
    if (reason === 'timedOut') return
    shown.delete(notification)
    onClose()
  })
  shown.add(notification)
  return notification
}
