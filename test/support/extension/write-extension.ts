import { createHash } from 'node:crypto'
import { cp, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Public key whose private key was discarded. It determines the extension's id. */
const PUBLIC_KEY = [
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAl02gqzP5jRmJaK6WWyosC1hHIYYj7EAkB63TRaN2hnFf3/tSfmcpWqJL',
  'iSRtkzChUeGlW8069q4c7siKp7UPCRyf6FqsBvjYBw29X4xp58L5U3yrpvTwTAUTPv8dB04/0Jj1m0d66jRLxQXOoMeW43AEpCXD',
  '51D+7oj+OcM+yeLLd/vQGTHjRTui/G3OcYWUGXhjQ3r33mVBeu2tNTQNMJXAkEX71d/dCUlN5D1XjN/4eQ6dhkdiHsDL3NGTqHSV',
  'dIV8bPM7mLkIknQZLZ8ilPd1YGX9W0hZoYz1FHWR73PkyxOgLnaN9pY8PcJPjueMVpmLrIfhn9X72YidoGbG2QIDAQAB',
].join('')

/** Chromium's rule: the first 16 bytes of the key's SHA-256, in the letters a to p. */
export const EXTENSION_ID = createHash('sha256')
  .update(Buffer.from(PUBLIC_KEY, 'base64'))
  .digest('hex')
  .slice(0, 32)
  .replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)))

export const EXTENSION_ORIGIN = `chrome-extension://${EXTENSION_ID}`

/** Host of the pages that the content script runs in. Not loopback: `matches` grants the same as host permissions. */
export const CONTENT_HOST = 'page.example'

/** Firefox assigns this id per installation; a profile that already has one keeps it. */
const FIREFOX_UUID = '8d1c3f5e-2b7a-4e60-9c41-5a0f6e7d8b92'

export const FIREFOX_EXTENSION_ORIGIN = `moz-extension://${FIREFOX_UUID}`

const FIREFOX_ID = 'asker@latchkey.example'

/** The profile preference that sets the test extension's id. */
export const FIREFOX_EXTENSION_PREFERENCES = {
  'extensions.webextensions.uuids': JSON.stringify({ [FIREFOX_ID]: FIREFOX_UUID }),
}

export interface ExtensionOptions {
  readonly hostPermissions: boolean
  /** Such as `identity`, which signs in by a page. */
  readonly permissions?: readonly string[]
}

/** Writes an unpacked Manifest V3 extension for Chromium: service worker, popup page and content script. */
export function writeExtension(directory: string, options: ExtensionOptions): Promise<void> {
  return write(directory, options, { key: PUBLIC_KEY, background: { service_worker: 'service-worker.js' } })
}

/** The same for Firefox, which has background scripts instead of a service worker. */
export function writeFirefoxExtension(directory: string, options: ExtensionOptions): Promise<void> {
  return write(directory, options, {
    browser_specific_settings: { gecko: { id: FIREFOX_ID } },
    background: { scripts: ['ask.js', 'background.js'] },
  })
}

async function write(
  directory: string,
  { hostPermissions, permissions = [] }: ExtensionOptions,
  own: object,
): Promise<void> {
  await cp(fileURLToPath(new URL('files', import.meta.url)), directory, { recursive: true })
  const manifest = {
    manifest_version: 3,
    name: 'Asker',
    version: '1',
    action: { default_popup: 'popup.html' },
    permissions,
    host_permissions: hostPermissions ? ['http://127.0.0.1/*', 'http://localhost/*'] : [],
    content_scripts: [{ matches: [`http://${CONTENT_HOST}/*`], js: ['ask.js', 'content-script.js'] }],
    ...own,
  }
  await writeFile(`${directory}/manifest.json`, JSON.stringify(manifest))
}
