import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'

/** One answer for a wrong name, a wrong password and an unknown passkey, so that nobody learns who is here. */
export function signInFailed(): PersonError {
  return new PersonError('sign_in_failed', 'This does not match. Check the name and the password, or use another way.')
}

export function signInOff(): PersonError {
  return new PersonError('sign_in_off', 'Nobody can sign in here yet. Open the console by its link: latchkey console')
}

export function localSignInOff(): PersonError {
  return new PersonError(
    'local_sign_in_off',
    'Passwords and passkeys are switched off here. Sign in with one of the services that the page shows.',
  )
}

export function attemptTooSoon(seconds: number): PersonError {
  const sentence = `There were too many attempts. Try again in ${plural(seconds, 'second')}.`
  return new PersonError('sign_in_wait', sentence, { parts: { seconds: `${seconds}` } })
}

export function signInBusy(): PersonError {
  return new PersonError('sign_in_busy', 'Too many people sign in at this moment. Try again in a minute.')
}

/** Only for somebody who has proved who they are. */
export function notLetInYet(): PersonError {
  return new PersonError('sign_in_pending', 'Somebody who runs this Latchkey must let you in first. Try again later.')
}

/** Only for somebody who has proved who they are. */
export function personPaused(): PersonError {
  return new PersonError('person_paused', 'You cannot sign in at the moment. Ask who runs this Latchkey.')
}

export function registrationClosed(): PersonError {
  return new PersonError('registration_closed', 'You can only join with an invitation. Ask who runs this Latchkey.')
}

export function joinFromElsewhere(): PersonError {
  return new PersonError(
    'join_from_elsewhere',
    'From outside this network you can only join with an invitation. Ask who runs this Latchkey.',
  )
}

export function tooManyWaiting(): PersonError {
  return new PersonError(
    'too_many_waiting',
    'Too many people wait to be let in. Ask who runs this Latchkey to answer them first.',
  )
}

/** One answer for unknown, used, expired and revoked invitations. */
export function invitationInvalid(): PersonError {
  return new PersonError('invitation_invalid', 'This invitation does not work. Ask for a new one.')
}
