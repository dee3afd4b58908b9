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

/** Name and a way to sign in, or another service that knows both. Who is here already has a name. */
export function JoinForm({ code, invited, options: { local, providers }, onWaiting }: JoinFormProps) {
  const isHere = invited?.isHere === true
  // The link is for a passkey or a password. At another service they sign in with the account that they have.
  const services = isHere && local ? [] : providers
  return (
    <Card>
      <Stack>
        {local && <LocalForm code={code} invited={invited} onWaiting={onWaiting} />}
        {local && services.length > 0 && <Divider label={peopleText.signIn.or} />}
        {services.length > 0 && <ProviderButtons providers={services} code={isHere ? null : code} />}
        {!local && services.length === 0 && <Text>{peopleText.signIn.noWay}</Text>}
      </Stack>
    </Card>
  )
}

type Way = 'passkey' | 'password'

const WAYS = (['passkey', 'password'] as const).map((value) => ({ value, ...peopleText.join.ways[value] }))

function LocalForm({ code, invited, onWaiting }: Omit<JoinFormProps, 'options'>) {
  const passkeys = canUsePasskeys()
  const isHere = invited?.isHere === true
  const [name, setName] = useState(invited?.name ?? '')
  const [way, setWay] = useState<Way>(passkeys ? 'passkey' : 'password')
  const [password, setPassword] = useState('')
  const join = useAction(async () => {
    const who = { code, name: isHere ? null : name }
    const proof = way === 'passkey' ? await passkeyFor(who) : { password }
    const { next } = await callSignIn('POST /api/join', { ...who, proof })
    if (next === 'waiting') onWaiting()
    // A guest who is new has a key already, which the first app needs.
    else openPages(invited?.role === 'guest' && !isHere ? '/connect' : '/')
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    void join.run()
  }

  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        {!isHere && (
          <TextInput
            label={peopleText.join.nameLabel}
            autoComplete="name"
            value={name}
            maxLength={80}
            required
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
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
          {submitLabel(invited)}
        </Button>
      </Stack>
    </form>
  )
}

function submitLabel(invited: Invited | null): string {
  const { ask, submit, again } = peopleText.join
  if (invited === null) return ask
  return invited.isHere ? again.submit : submit
}

async function passkeyFor(who: Pick<Join, 'code' | 'name'>): Promise<Join['proof']> {
  const { flow, options } = await callSignIn('POST /api/join/passkey/options', who)
  return { flow, passkey: await makePasskey(options), passkeyName: deviceName(navigator) }
}
