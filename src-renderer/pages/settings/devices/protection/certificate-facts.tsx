import type { LanState } from '#shared/lan/lan.ts'
import { commonName } from '#shared/lan/usable-urls.ts'
import { Facts } from '../../../../parts/tables/facts.tsx'
import { devicesText } from '../../../../text/devices-text.ts'
import { formatDate, formatList } from '../../../../text/format.ts'
import { Fingerprint } from '../fingerprint.tsx'

/** What a certificate says, for a person who compares it with the file. */
export function CertificateFacts({ certificate }: { certificate: NonNullable<LanState['certificate']> }) {
  const { facts } = devicesText.lan
  const { issuer, names, notAfter, fingerprint } = certificate
  return (
    <Facts
      rows={[
        [facts.names, formatList(names)],
        [facts.issuer, commonName(issuer)],
        [facts.validUntil, formatDate(notAfter)],
        [devicesText.lan.fingerprint, <Fingerprint key="fingerprint" value={fingerprint} />],
      ]}
    />
  )
}
