import { createHash, randomBytes } from 'node:crypto'
import { providerSchema } from '#shared/people/sign-in.ts'
import { openSecretFile } from '../../../src-main/headless/secret-file.ts'
import { createLog } from '../../../src-main/observability/log.ts'
import { SealedFlows } from '../../../src-main/people/flows/sealed-flows.ts'
import type { GithubEndpoints } from '../../../src-main/people/providers/github-client.ts'
import type { Identity } from '../../../src-main/people/providers/identity.ts'
import type { Visitor } from '../../../src-main/people/providers/ports.ts'
import { Providers } from '../../../src-main/people/providers/providers.ts'
import { createTempDir } from '../temp-dir.ts'
import { CLIENT_ID, CLIENT_SECRET, PAGE_ORIGIN } from './openid-provider.ts'

export const VISITOR: Visitor = { address: '192.168.1.7', userAgent: null, origin: PAGE_ORIGIN }

/** What the provider is given of a flow that the browser keeps. */
export function stateOf(flow: string): string {
  return createHash('sha256').update(flow).digest('base64url')
}

export interface SignInStage {
  readonly providers: Providers
  /** Who was proved, with the invitation that they brought. */
  readonly admitted: { identity: Identity; code: string | null }[]
  /** Changes the settings of the provider `work`. */
  change(fields: object): void
  /** ms by which this computer's clock is wrong. */
  clockError: number
  /** Lets time pass. */
  later(ms: number): void
  /** Where the console is for others. */
  origin: string | null
  log(): string
  readonly dataDir: string
  close(): Promise<void>
}

/** Sign-in at one provider, `work`, with its secret in a real file. Everybody who is proved may come in. */
export async function openSignInStage(fields: object, github?: GithubEndpoints): Promise<SignInStage> {
  const { path: dataDir, remove } = await createTempDir()
  let provider = providerSchema.parse({
    id: 'work',
    name: 'Work',
    preset: 'other',
    issuer: null,
    clientId: CLIENT_ID,
    ...fields,
  })
  let passed = 0
  let log = ''
  const now = () => Date.now() + passed + stage.clockError
  const admitted: SignInStage['admitted'] = []
  const stage: SignInStage = {
    admitted,
    change: (changed) => {
      provider = providerSchema.parse({ ...provider, ...changed })
    },
    clockError: 0,
    later: (ms) => {
      passed += ms
    },
    origin: PAGE_ORIGIN,
    log: () => log,
    dataDir,
    close: remove,
    providers: new Providers({
      settings: () => ({ providers: [provider] }),
      vault: openSecretFile(dataDir, 'provider-secrets'),
      consoleOrigin: () => stage.origin,
      admit: async (identity, code) => {
        admitted.push({ identity, code })
        return { personId: 'person_anna', method: identity.kind }
      },
      flows: new SealedFlows({ flows: null, now, randomBytes }),
      now,
      log: createLog({ write: (line) => (log += line) }, 'info'),
      ...(github === undefined ? {} : { github }),
    }),
  }
  await stage.providers.setSecret('work', CLIENT_SECRET)
  return stage
}
