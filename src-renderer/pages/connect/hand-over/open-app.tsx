import { Button, Group, Stack, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { LINK_APPS, type LinkAppId } from '#shared/keys/link-apps.ts'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import { useGatewayAddress } from '../../../api/gateway-address.ts'
import { useAppState, useLan } from '../../../api/queries.ts'
import { QrCode } from '../../../parts/fields/qr-code.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { addressFor } from '../../../recipes/address.ts'
import { linkFor } from '../../../recipes/links.ts'
import type { Recipe } from '../../../recipes/recipe.ts'
import { text } from '../../../text/text.ts'

interface OpenAppProps {
  app: LinkAppId
  recipe: Recipe
  secret: string
}

/**
 * The button that opens the app with the key. In a browser it is a link, and a code for the camera of another device. The
 * link holds the secret: it is nowhere but in this page.
 */
export function OpenApp({ app, recipe, secret }: OpenAppProps) {
  const state = useAppState().data
  const gateway = useGatewayAddress()
  const { name } = LINK_APPS[app]
  const { link } = text.recipes
  const linkAt = (base: string) =>
    linkFor(app, {
      address: addressFor(recipe.address, base, secret),
      key: secret,
      models: state?.upstream.models ?? [],
    })
  return (
    <Card title={link.title}>
      <Stack>
        <Text>{link.text({ app: name })}</Text>
        <OpenButton href={linkAt(gateway)} name={name} isDesktop={state?.shell === 'desktop'} />
        <Text size="sm" c="dimmed">
          {link.bound({ app: name })} {link.failed({ app: name })}
        </Text>
        {state?.shell === 'headless' && <ForPhone isOpen={state.gateway.lan.length > 0} linkAt={linkAt} name={name} />}
      </Stack>
    </Card>
  )
}

/**
 * In the desktop app a link that would open a window reaches the main process, which opens those of `LINK_APPS` and no
 * others. A browser would leave an empty tab behind it.
 */
function OpenButton({ href, name, isDesktop }: { href: string; name: string; isDesktop: boolean }) {
  return (
    <Group>
      <Button
        component="a"
        href={href}
        {...(isDesktop ? { target: '_blank', rel: 'noreferrer' } : {})}
        size="md"
        leftSection={<IconExternalLink size="1.1rem" aria-hidden />}
      >
        {text.recipes.link.button({ app: name })}
      </Button>
    </Group>
  )
}

interface ForPhoneProps {
  /** True if other devices are let in. */
  isOpen: boolean
  linkAt: (gateway: string) => string
  name: string
}

interface ForPhoneProps {
  /** True if other devices are let in. */
  isOpen: boolean
  linkAt: (gateway: string) => string
  name: string
}

/**
 * Another device cannot use an address of this computer alone, nor one whose certificate it does not trust. No links:
 * another page would lose the secret.
 */
function ForPhone({ isOpen, linkAt, name }: ForPhoneProps) {
  const { link } = text.recipes
  const lan = useLan().data
  if (!isOpen) {
    return (
      <Text size="sm" c="dimmed">
        {link.phoneLater}
      </Text>
    )
  }
  const [url] = lan === undefined ? [] : usableUrls(lan)
  if (lan === undefined || url === undefined) return null
  return (
    <Stack gap="xs">
      <Text>{link.phone}</Text>
      <QrCode value={linkAt(url)} label={link.code({ app: name })} />
      {lan.trustUrl !== null && (
        <Text size="sm" c="dimmed">
          {link.phoneTrust({ url: lan.trustUrl })}
        </Text>
      )}
    </Stack>
  )
}
