import { Button, Stack } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { isOperator } from '#shared/people/role.ts'
import type { Me } from '#shared/people/sign-in.ts'
import { call } from '../../api/client.ts'
import { useMe } from '../../api/queries.ts'
import { forgetSession } from '../../api/session.ts'
import { useAction } from '../../api/use-action.ts'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { showProblem } from '../../parts/feedback/toast.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { openPages } from '../../parts/people/open-pages.ts'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'
import { AppearanceCard } from './appearance-card.tsx'
import { GivenKeyCard } from './given-key-card.tsx'
import { ProfileCard } from './profile-card.tsx'
import { SessionsCard } from './sessions-card.tsx'
import { WaysCard } from './ways/ways-card.tsx'

/** What a person may see and change about themselves. */
export function AccountPage() {
  const query = useMe()
  const canSignOut = query.data !== undefined && query.data.via !== 'window'
  return (
    <>
      <PageHeader
        title={text.shell.account}
        intro={peopleText.account.intro}
        action={canSignOut && <SignOutButton />}
      />
      <QueryGate query={query}>{(me) => <Cards me={me} />}</QueryGate>
    </>
  )
}

function Cards({ me }: { me: Me }) {
  return (
    <Stack maw="46rem">
      <ProfileCard me={me} />
      {me.role === 'guest' && <GivenKeyCard />}
      <WaysCard me={me} />
      {me.via !== 'window' && <SessionsCard />}
      {!isOperator(me.role) && <AppearanceCard />}
    </Stack>
  )
}

function SignOutButton() {
  const signOut = useAction(
    async () => {
      await call('POST /api/me/sign-out', {})
      forgetSession()
      openPages()
    },
    { onProblem: showProblem },
  )
  return (
    <Button
      variant="default"
      leftSection={<IconLogout size="1rem" aria-hidden />}
      loading={signOut.busy}
      onClick={() => void signOut.run()}
    >
      {peopleText.account.signOut}
    </Button>
  )
}
