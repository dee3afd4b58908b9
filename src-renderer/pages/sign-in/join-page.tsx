import { Button, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Invited } from '#shared/people/sign-in.ts'
import { sentenceFor } from '../../api/sentence-for.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { Loading } from '../../parts/feedback/loading.tsx'
import { formatDate } from '../../text/format.ts'
import { peopleText } from '../../text/people-text.ts'
import { Entrance } from './entrance.tsx'
import { JoinForm } from './join-form.tsx'
import { useInvited, useSignInOptions } from './sign-in-queries.ts'

/** The page of an invitation's link, or without a code the page for asking to join. */
export function JoinPage() {
  const [code] = useState(() => location.hash.slice(1))
  const [waiting, setWaiting] = useState(false)
  useEffect(() => {
    // Another invitation's link, pasted into the open page, changes only the fragment.
    const reload = () => location.reload()
    addEventListener('hashchange', reload)
    return () => removeEventListener('hashchange', reload)
  }, [])
  if (waiting) return <Waiting />
  return code === '' ? (
    <Uninvited onWaiting={() => setWaiting(true)} />
  ) : (
    <WithCode code={code} onWaiting={() => setWaiting(true)} />
  )
}

interface WaitingProps {
  /** Called if an operator must let the person in first. */
  onWaiting: () => void
}

function WithCode({ code, onWaiting }: WaitingProps & { code: string }) {
  const invited = useInvited(code)
  const options = useSignInOptions()
  const failed = invited.error ?? options.error
  if (failed !== null) return <Refused sentence={sentenceFor(failed)} />
  if (invited.data === undefined || options.data === undefined) return <Loading />
  const { isHere, name } = invited.data
  return (
    <Entrance title={isHere ? peopleText.join.again.title({ name: name ?? '' }) : peopleText.join.title}>
      <Stack>
        <Invitation invited={invited.data} />
        <JoinForm code={code} invited={invited.data} options={options.data} onWaiting={onWaiting} />
      </Stack>
    </Entrance>
  )
}

function Invitation({ invited: { isHere, from, role, expiresAt } }: { invited: Invited }) {
  const { again, invitedBy, promises } = peopleText.join
  return (
    <Callout kind="good" title={isHere ? again.from({ from }) : invitedBy({ from })}>
      <Text size="sm">{isHere ? again.text : promises[role]}</Text>
      <Text size="sm" c="dimmed">
        {peopleText.join.until({ date: formatDate(expiresAt) })}
      </Text>
    </Callout>
  )
}

/** Used, expired, revoked and unknown invitations look alike. */
function Refused({ sentence }: { sentence: string }) {
  return (
    <Entrance title={peopleText.join.refusedTitle}>
      <Stack>
        <Callout kind="bad" title={sentence} />
        <Text c="dimmed">{peopleText.join.refusedText}</Text>
        <SignInLink />
      </Stack>
    </Entrance>
  )
}

function Uninvited({ onWaiting }: WaitingProps) {
  const options = useSignInOptions()
  if (options.isError) return <Refused sentence={sentenceFor(options.error)} />
  if (options.data === undefined) return <Loading />
  if (!options.data.isOn || options.data.registration === 'invite') {
    return <Refused sentence={peopleText.signIn.needsInvitation} />
  }
  const isOpen = options.data.registration === 'open'
  return (
    <Entrance title={isOpen ? peopleText.join.title : peopleText.join.askTitle}>
      <Stack>
        {!isOpen && <Text>{peopleText.join.askText}</Text>}
        <JoinForm code={null} invited={null} options={options.data} onWaiting={onWaiting} />
        <SignInLink />
      </Stack>
    </Entrance>
  )
}

function Waiting() {
  return (
    <Entrance title={peopleText.join.waitingTitle}>
      <Stack>
        <Callout kind="wait" title={peopleText.join.waitingText} />
        <SignInLink />
      </Stack>
    </Entrance>
  )
}

function SignInLink() {
  return (
    <Button component="a" href="/sign-in" variant="default">
      {peopleText.signIn.title}
    </Button>
  )
}
