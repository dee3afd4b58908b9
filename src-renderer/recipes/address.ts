import type { AddressForm } from './recipe.ts'

/** Whether the app gets the key inside the address, so that the key must be made with `allowInUrl`. */
export function hasKeyInAddress(form: AddressForm): boolean {
  return form === 'key-in-path' || form === 'key-in-host'
}

/** The address to paste. `gateway` is the gateway's own address, without a final slash. */
export function addressFor(form: AddressForm, gateway: string, secret: string): string {
  switch (form) {
    case 'base':
      return gateway
    case 'v1':
      return `${gateway}/v1`
    case 'v1-chat':
      return `${gateway}/v1/chat/completions`
    case 'key-in-path':
      return `${gateway}/k/${secret}`
    case 'key-in-host': {
      const { protocol, port } = new URL(gateway)
      return `${protocol}//${secret}.localhost${port === '' ? '' : `:${port}`}`
    }
  }
}
