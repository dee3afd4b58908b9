import { z } from 'zod'

/** One of this computer's addresses in a network, by which other computers can find it. */
export const networkAddressSchema = z.object({
  address: z.string(),
  family: z.enum(['IPv4', 'IPv6']),
  /** As the system calls it: `en0`, `eth0`, `Wi-Fi`. */
  interface: z.string(),
})
export type NetworkAddress = z.infer<typeof networkAddressSchema>

/** The address as it stands in a URL and in a Host header. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
