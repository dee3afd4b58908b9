import { z } from 'zod'

/** A network address of this computer, for use by other computers. */
export const networkAddressSchema = z.object({
  address: z.string(),
  family: z.enum(['IPv4', 'IPv6']),
  /** The system's name, such as `en0`, `eth0` or `Wi-Fi`. */
  interface: z.string(),
})
export type NetworkAddress = z.infer<typeof networkAddressSchema>

/** Formats an address for a URL and a Host header: IPv6 addresses get brackets. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
