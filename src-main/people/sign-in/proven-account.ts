import type { Join } from '#shared/people/sign-in.ts'
import { checkPassword } from '../credentials/common-password.ts'
import { type NewCredential, passwordCredential } from '../credentials/credentials.ts'
import type { Passkeys } from '../credentials/passkeys.ts'
import type { PasswordHashes } from '../credentials/password-hash.ts'

/** For whom and for what a way in is chosen. */
interface Chosen {
  readonly for: 'join' | 'recover'
  /** What the password must not be: the name and the address of the person. */
  readonly names: readonly string[]
  readonly origin: string
  /** Whose passkey it must be. */
  readonly personId?: string
}

interface ProvenAccount {
  /** The person for whom the passkey was made. */
  readonly id?: string
  /** A password is hashed only here: call it when it is certain that the person gets in. */
  readonly account: () => Promise<NewCredential>
}

/** Checks the password or the passkey of somebody who joins or gets in again. Rejects with a PersonError. */
export async function provenAccount(
  proof: Join['proof'],
  { for: purpose, names, ...of }: Chosen,
  { passkeys, hashes }: { readonly passkeys: Passkeys; readonly hashes: PasswordHashes },
): Promise<ProvenAccount> {
  if ('password' in proof) {
    await checkPassword(proof.password, names)
    return { account: async () => passwordCredential(await hashes.create(proof.password)) }
  }
  const { flow, passkey, passkeyName } = proof
  const { personId, credential } = await passkeys.finishMaking(purpose, { flow, passkey, name: passkeyName }, of)
  return { id: personId, account: async () => credential }
}
