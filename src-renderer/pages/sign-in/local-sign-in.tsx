import { Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { canUsePasskeys, choosePasskey } from '../../api/passkeys.ts'
import { callSignIn } from '../../api/sign-in.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { openPages } from '../../parts/people/open-pages.ts'
import { peopleText } from '../../text/people-text.ts'

/** Passkey and password. */
export function LocalSignIn() {
  const passkeys = canUsePasskeys()
  return (
    <>
      {passkeys && <WithPasskey />}
      {passkeys && <Divider label={peopleText.signIn.or} />}
      <WithPassword />
    </>
  )
}

function WithPasskey() {
  const signIn = useAction(async () => {
    const { flow, options } = await callSignIn('POST /api/sign-in/passkey/options', {})
    await callSignIn('POST /api/sign-in/passkey', { flow, passkey: await choosePasskey(options) })
    openPages()
  })
  return (
    <Stack gap="xs">
      <Button
        size="md"
        leftSection={<IconFingerprint size="1.2rem" aria-hidden />}
        loading={signIn.busy}
        onClick={() => void signIn.run()}
      >
        {peopleText.signIn.passkey}
      </Button>
      {signIn.problem !== null && <Callout kind="bad" title={signIn.problem} />}
    </Stack>
  )
}

function WithPassword() {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useAction(async () => {
    await callSignIn('POST /api/sign-in/password', { name, password })
    openPages()
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    void signIn.run()
  }

  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={peopleText.signIn.nameLabel}
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={peopleText.passwords.label}
          autoComplete="current-password"
          value={password}
          visibilityToggleButtonProps={{ 'aria-label': peopleText.passwords.show }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {signIn.problem !== null && <Callout kind="bad" title={signIn.problem} />}
        <Button
          type="submit"
          size="md"
          variant={canUsePasskeys() ? 'default' : 'filled'}
          loading={signIn.busy}
          disabled={name.trim() === '' || password === ''}
        >
          {peopleText.signIn.submit}
        </Button>
      </Stack>
    </form>
  )
}
