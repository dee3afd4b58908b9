/** The other end of a request to sign in. */
export interface Visitor {
  readonly address: string
  /** The header `User-Agent`. */
  readonly userAgent: string | null
  /** The origin of the page, such as `https://box.local:11501`: passkeys belong to it. */
  readonly origin: string
}

/** What the browser needs to make or use a passkey; `flow` names the attempt. */
export interface PasskeyOptions {
  readonly flow: string
  readonly options: Record<string, unknown>
}
