import { PasswordInput } from '@mantine/core'
import { SHORTEST_PASSWORD } from '#shared/people/sign-in.ts'
import { peopleText } from '../../text/people-text.ts'

interface NewPasswordProps {
  /** For the password manager. */
  username: string
  label?: string
  value: string
  /** True if the dialog begins with it. */
  isFirst?: boolean
  onChange: (password: string) => void
}

/** A password that the person chooses now. */
export function NewPassword(props: NewPasswordProps) {
  const { username, label = peopleText.passwords.label, value, isFirst, onChange } = props
  return (
    <>
      <input type="text" autoComplete="username" value={username} readOnly hidden />
      <PasswordInput
        label={label}
        description={peopleText.passwords.hint({ count: SHORTEST_PASSWORD })}
        autoComplete="new-password"
        data-autofocus={isFirst}
        value={value}
        visibilityToggleButtonProps={{ 'aria-label': peopleText.passwords.show }}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </>
  )
}
