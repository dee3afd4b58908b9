import '@mantine/notifications/styles.css'
import { Notifications } from '@mantine/notifications'

export function Toasts() {
  return <Notifications position="bottom-center" autoClose={8000} limit={3} />
}
