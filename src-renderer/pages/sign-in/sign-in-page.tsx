import { Anchor, Button, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { JOIN_PATH } from '#shared/people/invitation.ts'
import type { SignInOptions } from '#shared/people/sign-in.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { FullPage, WaitingPage } from '../../shell/full-pages.tsx'
import { peopleText } from '../../text/people-text.ts'
import { sentenceByCode } from '../../text/sentence-by-code.ts'
import { Entrance } from './entrance.tsx'
import { LocalSignIn } from './local-sign-in.tsx'
import { ProviderButtons } from './provider-buttons.tsx'
import { useSignInOptions } from './sign-in-queries.ts'

const PROBLEM_FRAGMENT = /^#problem=([\w-]+)$/

/** How the person comes in: the ways that this Latchkey offers, or the one-time link while it has no other person. */
export function SignInPage({ retry }: { retry: () => void }) {
  const options = useSignInOptions()
  if (options.isPending) return <WaitingPage unanswered={options.failureCount > 0} />
  if (options.data?.isOn !== true) {
    return (
      <LinkOnly
        retry={() => {
          void options.refetch()
          retry()
        }}
      />
    )
  }
  return <SignIn options={options.data} />
}

/** For the owner, who gets in by a link that is printed on their own computer. */
function LinkOnly({ retry }: { retry: () => void }) {
  const { title, text, retry: label } = peopleText.linkOnly
  return (
    <FullPage title={title}>
      <Text c="dimmed" lh={1.6}>
        {text}
      </Text>
      <Button variant="default" onClick={retry}>
        {label}
      </Button>
    </FullPage>
  )
}

function SignIn({ options: { local, providers, registration } }: { options: SignInOptions }) {
  const problem = useArrivingProblem()
  const { signIn } = peopleText
  return (
    <Entrance title={signIn.title}>
      <Stack>
        {problem !== null && <Callout kind="bad" title={problem} />}
        <Card>
          <Stack>
            {local && <LocalSignIn />}
            {providers.length > 0 && <ProviderButtons providers={providers} code={null} />}
            {!local && providers.length === 0 && <Text>{signIn.noWay}</Text>}
          </Stack>
        </Card>
        <Text size="sm" c="dimmed">
          {registration === 'invite' ? (
            signIn.needsInvitation
          ) : (
            <>
              {signIn.noAccount}{' '}
              <Anchor href={JOIN_PATH} inherit underline="always">
                {signIn.join}
              </Anchor>
            </>
          )}
        </Text>
        <Text size="sm" c="dimmed">
          {signIn.ownerHint}
        </Text>
      </Stack>
    </Entrance>
  )
}

/** Why a sign-in at another service failed. The core sends the browser back with the problem's code in the fragment. */
function useArrivingProblem(): string | null {
  const [code] = useState(() => PROBLEM_FRAGMENT.exec(location.hash)?.[1])
  const [sentence, setSentence] = useState<string | null>(null)
  useEffect(() => {
    if (code === undefined) return
    history.replaceState(null, '', location.pathname)
    void sentenceByCode(code).then((found) => setSentence(found ?? peopleText.signIn.failed))
  }, [code])
  return sentence
}
