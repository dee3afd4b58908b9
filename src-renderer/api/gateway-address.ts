import { usableUrls } from '#shared/lan/usable-urls.ts'
import { useAppState, useLan } from './queries.ts'

const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]']

/**
 * The gateway's address for apps on the device that shows this page, such as `http://localhost:11500`. On another device
 * it has the name or address by which the device has opened the page, if the gateway is there too. Empty until known.
 */
export function useGatewayAddress(): string {
  const own = useAppState().data?.gateway.address ?? ''
  const isElsewhere = isOtherDevice()
  const lan = useLan(isElsewhere).data
  if (!isElsewhere || lan === undefined) return own
  const urls = usableUrls(lan)
  return urls.find((url) => new URL(url).hostname === location.hostname) ?? urls[0] ?? own
}

/** True if the page is shown by another device than the one with Latchkey. */
function isOtherDevice(): boolean {
  return location.protocol.startsWith('http') && !OWN_NAMES.includes(location.hostname)
}
