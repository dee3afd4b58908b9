import { Notification } from 'electron'
import type { QuestionPorts } from './questions.ts'

/** Notifications that are on screen: Electron drops the handlers of one that nothing refers to. */
const shown = new Set<Notification>()

/** Shows a question as a native notification. Where there are none, the tray and the window still ask. */
export const showQuestion: QuestionPorts['show'] = (text, handlers) => {
  if (!Notification.isSupported()) return () => {}
  const notification = new Notification({
    title: text.title,
    body: text.body,
    actions: text.buttons.map((button) => ({ type: 'button', text: button })),
  })
  notification.on('click', () => handlers.onClick())
  notification.on('action', (_details, index) => handlers.onButton(index))
  notification.on('close', () => {
    shown.delete(notification)
    handlers.onClose()
  })
  shown.add(notification)
  notification.show()
  return () => notification.close()
}
