import { createHash } from 'node:crypto'
import type { AuthorityFacts } from '../ports.ts'
import { escaped } from './page/html.ts'

interface Profile extends Pick<AuthorityFacts, 'der' | 'fingerprint'> {
  /** Of the certificate, which iOS shows as the profile's name. */
  readonly name: string
  readonly description: string
}

/**
 * An Apple configuration profile with the certificate and nothing else (developer.apple.com/documentation/
 * devicemanagement/certificateroot). It is not signed: a signature by this authority would prove nothing to a device that
 * does not know it yet. iOS therefore writes “Not Signed”, and the person compares the fingerprint. Its ids are derived from
 * the certificate, so that installing it again replaces it.
 */
export function mobileconfig({ der, fingerprint, name, description }: Profile): string {
  const id = `local.latchkey.${fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase()}`
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadCertificateFileName</key><string>latchkey.crt</string>
      <key>PayloadContent</key><data>${Buffer.from(der).toString('base64')}</data>
${common({ name, description, id: `${id}.certificate`, type: 'com.apple.security.root' })}
    </dict>
  </array>
${common({ name, description, id, type: 'Configuration' })}
</dict>
</plist>
`
}

function common({
  name,
  description,
  id,
  type,
}: {
  name: string
  description: string
  id: string
  type: string
}): string {
  return `  <key>PayloadDescription</key><string>${escaped(description)}</string>
  <key>PayloadDisplayName</key><string>${escaped(name)}</string>
  <key>PayloadIdentifier</key><string>${id}</string>
  <key>PayloadType</key><string>${type}</string>
  <key>PayloadUUID</key><string>${uuidOf(id)}</string>
  <key>PayloadVersion</key><integer>1</integer>`
}

/** A UUID of version 8 (RFC 9562, 5.8), which holds what its maker likes. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    .toUpperCase()
}
