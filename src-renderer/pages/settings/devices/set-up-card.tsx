import { Stack, Text } from '@mantine/core'
import type { LanState } from '#shared/lan/lan.ts'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import { CopyField } from '../../../parts/fields/copy-field.tsx'
import { QrCode } from '../../../parts/fields/qr-code.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { devicesText } from '../../../text/devices-text.ts'
import classes from '../settings.module.css'
import { Fingerprint } from './fingerprint.tsx'

/** How a device gets in: it trusts the certificate, if that is Latchkey's own, and its app gets an address and a key. */
export function SetUpCard({ lan }: { lan: LanState }) {
  const { setUp } = devicesText.lan
  return (
    <Card title={setUp.title}>
      {lan.trustUrl === null ? (
        <Addresses lan={lan} sentence={setUp.enter} />
      ) : (
        <ol className={classes.steps}>
          <li>{setUp.network}</li>
          <li>
            <ScanStep url={lan.trustUrl} />
          </li>
          {lan.authority !== null && (
            <li>
              <Text mb="xs">{setUp.compare}</Text>
              <Fingerprint value={lan.authority.fingerprint} />
            </li>
          )}
          <li>
            <Addresses lan={lan} sentence={setUp.then} />
          </li>
        </ol>
      )}
    </Card>
  )
}

function ScanStep({ url }: { url: string }) {
  const { setUp } = devicesText.lan
  return (
    <Stack gap="xs">
      <Text>{setUp.scan}</Text>
      <div className={classes.scan}>
        <QrCode value={url} label={setUp.code({ url })} />
      </div>
      <CopyField label={setUp.page} value={url} />
    </Stack>
  )
}

function Addresses({ lan, sentence }: { lan: LanState; sentence: string }) {
  const urls = usableUrls(lan)
  if (urls.length === 0) return <Text c="dimmed">{devicesText.lan.noAddresses}</Text>
  return (
    <Stack gap="xs">
      <Text>{sentence}</Text>
      {urls.map((url) => (
        <CopyField key={url} label={devicesText.lan.addressLabel} value={url} />
      ))}
    </Stack>
  )
}
