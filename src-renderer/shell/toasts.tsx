import '@mantine/notifications/styles.css'
import { Notifications } from '@mantine/notifications'

/** Two at a time, because three would cover half of a small window. An older one waits until there is room. */
export function Toasts() {
  return <Notifications position="bottom-center" autoClose={8000} limit={2} />
}
