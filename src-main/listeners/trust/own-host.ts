import type { TrustFacts } from '../ports.ts'

/** An address of this computer, as it stands in links. */
export interface OwnHost {
  /** Host and port. */
  readonly authority: string
  /** True if it is the address of the request. */
  readonly isAsked: boolean
}

/**
 * The address by which the visitor came, if the certificate contains it, else the first that it contains. Nothing of the
 * header gets into a page: the result is one of `addresses`.
 */
export function ownHost(header: string, { addresses, machine, port }: TrustFacts): OwnHost {
  const asked = header.toLowerCase()
  const found = addresses.find((address) => asked === address || asked === `${address}:${port}`)
  return { authority: `${found ?? addresses[0] ?? `${machine}.local`}:${port}`, isAsked: found !== undefined }
}
