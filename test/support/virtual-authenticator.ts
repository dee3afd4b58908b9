import type { Page } from 'playwright'

/** A device's passkeys in Chromium, with a person who always agrees. */
export interface VirtualAuthenticator {
  /** The number of passkeys on it. */
  count(): Promise<number>
  /** Whether the person agrees from now on. */
  agree(does: boolean): Promise<void>
}

/** Gives a page an authenticator that knows its person, like a phone's (WebAuthn, section 11). It stays over navigations. */
export async function addAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    count: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    agree: async (does) =>
      void (await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: does })),
  }
}
