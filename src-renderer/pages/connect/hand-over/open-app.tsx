import { Button, Group, Stack, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { LINK_APPS, type LinkAppId } from '#shared/keys/link-apps.ts'
import { useAppState } from '../../../api/queries.ts'
import { Card } from '../../../parts/layout/card.tsx'
import { addressFor } from '../../../recipes/address.ts'
import { linkFor } from '../../../recipes/links.ts'
import type { Recipe } from '../../../recipes/recipe.ts'
import { text } from '../../../text/text.ts'
import { QrCode } from './qr-code.tsx'

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
  const { name } = LINK_APPS[app]
  const { link } = text.recipes
  const linkAt = (gateway: string) =>
    linkFor(app, {
      address: addressFor(recipe.address, gateway, secret),
      key: secret,
      models: state?.upstream.models ?? [],
    })
  return (
    <Card title={link.title}>
      <Stack>
        <Text>{link.text({ app: name })}</Text>
        <OpenButton href={linkAt(state?.gateway.address ?? '')} name={name} isDesktop={state?.shell === 'desktop'} />
        <Text size="sm" c="dimmed">
          {link.bound({ app: name })} {link.failed({ app: name })}
        </Text>
        {state?.shell === 'headless' && <ForPhone lan={state.gateway.lan[0]} linkAt={linkAt} name={name} />}
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

/** Another device cannot use an address of this computer alone. */
function ForPhone({
  lan,
  linkAt,
  name,
}: {
  lan: string | undefined
  linkAt: (gateway: string) => string
  name: string
}) {
  if (lan === undefined) {
    return (
      <Text size="sm" c="dimmed">
        {text.recipes.link.phoneLater}
      </Text>
    )
  }
  return (
    <Stack gap="xs">
      <Text>{text.recipes.link.phone}</Text>
      <QrCode value={linkAt(lan)} label={text.recipes.link.code({ app: name })} />
    </Stack>
  )
}
