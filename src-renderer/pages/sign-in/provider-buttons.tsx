import { Button, Stack } from '@mantine/core'
import type { SignInOptions } from '#shared/people/sign-in.ts'
import { goToProvider } from '../../api/sign-in.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { peopleText } from '../../text/people-text.ts'

interface ProviderButtonsProps {
  providers: SignInOptions['providers']
  /** The invitation to join with; null to sign in. */
  code: string | null
}

/** One button for each other service at which people sign in. */
export function ProviderButtons({ providers, code }: ProviderButtonsProps) {
  const go = useAction((provider: string) => goToProvider(provider, code))
  return (
    <Stack gap="xs">
      {providers.map(({ id, name }) => (
        <Button key={id} variant="default" size="md" disabled={go.busy} onClick={() => void go.run(id)}>
          {peopleText.signIn.provider({ name })}
        </Button>
      ))}
      {go.problem !== null && <Callout kind="bad" title={go.problem} />}
    </Stack>
  )
}
