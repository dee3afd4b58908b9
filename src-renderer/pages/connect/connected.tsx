import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { Card } from '../../parts/layout/card.tsx'
import { Logo } from '../../parts/layout/logo.tsx'
import type { AppKind } from '../../recipes/recipe.ts'
import { text } from '../../text/text.ts'
import { AppIcon } from './app-icon.tsx'
import classes from './connected.module.css'

interface ConnectedProps {
  appName: string
  kind: AppKind
  exchange: Exchange
  onAnother: () => void
  onDone: () => void
}

export function Connected({ appName, kind, exchange, onAnother, onDone }: ConnectedProps) {
  const failed = exchange.status >= 400
  return (
    <Card py="2.5rem">
      <Stack align="center" ta="center" gap="sm" role="status">
        <div className={classes.joined} aria-hidden>
          <span className={classes.joinedTile}>
            <AppIcon kind={kind} size="1.9rem" />
          </span>
          <span className={classes.joinedLine}>
            <span className={classes.joinedCheck}>
              <IconCheck size="1.1rem" stroke={2.6} />
            </span>
          </span>
          <Logo size="3.5rem" />
        </div>
        <Title order={2} size="h1" mt="md">
          {text.connect.connectedTitle({ app: appName })}
        </Title>
        <Text c="dimmed" maw="30rem">
          {failed ? text.connect.connectedBut({ status: exchange.status }) : connectedText(exchange)}
        </Text>
      </Stack>
      <Group justify="center" mt="xl">
        <Button variant="default" size="md" onClick={onAnother}>
          {text.connect.another}
        </Button>
        <Button size="md" onClick={onDone}>
          {text.connect.done}
        </Button>
      </Group>
    </Card>
  )
}

function connectedText({ model }: Exchange): string {
  return model === null ? text.connect.connectedPlain : text.connect.connectedText({ model })
}
