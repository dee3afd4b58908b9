import { Button, Divider, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Invited, Join, SignInOptions } from '#shared/people/sign-in.ts'
import { canUsePasskeys, makePasskey } from '../../api/passkeys.ts'
import { callSignIn } from '../../api/sign-in.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { OptionCards } from '../../parts/fields/option-cards.tsx'
import { deviceName } from '../../parts/lan/device-name.ts'
import { Card } from '../../parts/layout/card.tsx'
import { NewPassword } from '../../parts/people/new-password.tsx'
import { openPages } from '../../parts/people/open-pages.ts'
import { peopleText } from '../../text/people-text.ts'
import { ProviderButtons } from './provider-buttons.tsx'

interface JoinFormProps {
  /** The invitation's code; null to ask without one. */
  code: string | null
  invited: Invited | null
  options: SignInOptions
  /** Called if an operator must let the person in first. */
  onWaiting: () => void
}

/** Name and a way to sign in, or another service that knows both. */
export function JoinForm({ code, invited, options: { local, providers }, onWaiting }: JoinFormProps) {
  return (
    <Card>
      <Stack>
        {local && <LocalForm code={code} invited={invited} onWaiting={onWaiting} />}
        {local && providers.length > 0 && <Divider label={peopleText.signIn.or} />}
        {providers.length > 0 && <ProviderButtons providers={providers} code={code} />}
        {!local && providers.length === 0 && <Text>{peopleText.signIn.noWay}</Text>}
      </Stack>
    </Card>
  )
}

type Way = 'passkey' | 'password'

const WAYS = (['passkey', 'password'] as const).map((value) => ({ value, ...peopleText.join.ways[value] }))

function LocalForm({ code, invited, onWaiting }: Omit<JoinFormProps, 'options'>) {
  const passkeys = canUsePasskeys()
  const [name, setName] = useState(invited?.name ?? '')
  const [way, setWay] = useState<Way>(passkeys ? 'passkey' : 'password')
  const [password, setPassword] = useState('')
  const join = useAction(async () => {
    const proof = way === 'passkey' ? await passkeyFor({ code, name }) : { password }
    const { next } = await callSignIn('POST /api/join', { code, name, proof })
    if (next === 'waiting') onWaiting()
    // A guest has a key already, which the first app needs.
    else openPages(invited?.role === 'guest' ? '/connect' : '/')
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    void join.run()
  }

  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <TextInput
          label={peopleText.join.nameLabel}
          autoComplete="name"
          value={name}
          maxLength={80}
          required
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {passkeys ? (
          <OptionCards label={peopleText.join.how} name="way" options={WAYS} value={way} onChange={setWay} />
        ) : (
          <Text size="sm" c="dimmed">
            {peopleText.passkeys.notHere}
          </Text>
        )}
        {way === 'password' && <NewPassword username={name} value={password} onChange={setPassword} />}
        {join.problem !== null && <Callout kind="bad" title={join.problem} />}
        <Button type="submit" size="md" loading={join.busy} disabled={name.trim() === ''}>
          {invited === null ? peopleText.join.ask : peopleText.join.submit}
        </Button>
      </Stack>
    </form>
  )
}

async function passkeyFor(who: Pick<Join, 'code' | 'name'>): Promise<Join['proof']> {
  const { flow, options } = await callSignIn('POST /api/join/passkey/options', who)
  return { flow, passkey: await makePasskey(options), passkeyName: deviceName(navigator) }
}
