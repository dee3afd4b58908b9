import '@mantine/notifications/styles.css'
import { Notifications } from '@mantine/notifications'

/** Two, because three would cover half of a small window: an older one waits, and comes back when there is room. */
export function Toasts() {
  return <Notifications position="bottom-center" autoClose={8000} limit={2} />
}
