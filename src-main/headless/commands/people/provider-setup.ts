import { type Command, InvalidArgumentError, Option } from 'commander'
import { ROLES } from '#shared/people/role.ts'
import { PROVIDER_PRESETS, type Provider, type ProviderState } from '#shared/people/sign-in.ts'
import { type CoreClient, withCore } from '../../core-client.ts'
import { list } from '../../flags/option-values.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommonOptions, withCommonOptions } from '../common-options.ts'
import { printable } from '../table.ts'
import { readSecret } from './read-secret.ts'

type Preset = Provider['preset']

interface SetupOptions extends CommonOptions {
  preset?: Preset
  name?: string
  issuer?: string
  clientId?: string
  secretFile?: string
  domains?: string[]
  roleClaim?: string
  roles?: Provider['roles']
}

/** The names of the presets on the sign-in page. `other` has no name of its own. */
const NAMES: Readonly<Record<Preset, string>> = {
  github: 'GitHub',
  google: 'Google',
  keycloak: 'Keycloak',
  authentik: 'authentik',
  okta: 'Okta',
  entra: 'Microsoft',
  other: 'Single sign-on',
}

const GOOGLE_ISSUER = 'https://accounts.google.com'

/** Adds or changes a provider. Options that are not given stay as they are. */
export function addProviderSetup(group: Command, context: CommandContext): void {
  const command = group
    .command('setup')
    .description('set up a provider where people sign in, or change it, and check it')
    .argument('<provider>', 'a short id of your choice, which becomes part of the redirect address: github, work ...')
    .addOption(new Option('--preset <kind>', 'kind of provider (default: the id)').choices(PROVIDER_PRESETS))
    .option('--name <name>', 'the name on the button')
    .option('--issuer <url>', "the provider's issuer address; GitHub and Google need none")
    .option('--client-id <id>', 'the client id that the provider gave you')
    .option('--secret-file <file>', 'file with the client secret; - reads it from standard input')
    .option('--domains <domains>', 'e-mail domains that may sign in, or any', (text) =>
      text === 'any' ? [] : list(text),
    )
    .option('--role-claim <claim>', 'claim with a role or with groups, or none')
    .option('--roles <roles>', 'values of that claim and their roles: staff=member,it=admin; or none', roles)
  withCommonOptions(command, context).action((id: string, options: SetupOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const settings = await core.call('GET /api/settings', {})
      const before = settings.providers.find((one) => one.id === id)
      const provider = providerOf(id, options, before)
      if (provider === undefined) {
        return command.error('error: a new provider needs --client-id, and --preset unless its id is one', {
          exitCode: 2,
        })
      }
      const others = settings.providers.filter((one) => one.id !== id)
      await core.call('PATCH /api/settings', { providers: [...others, provider] })
      if (options.secretFile !== undefined) {
        await core.call('PUT /api/providers/:id/secret', { secret: await readSecret(options.secretFile) }, id)
      }
      await report(core, id, options, context)
    }),
  )
}

/** undefined if a new provider lacks its kind or its client id. */
function providerOf(id: string, options: SetupOptions, before: Provider | undefined): Provider | undefined {
  const preset = options.preset ?? before?.preset ?? PROVIDER_PRESETS.find((one) => one === id)
  const clientId = options.clientId ?? before?.clientId
  if (preset === undefined || clientId === undefined) return undefined
  const { roleClaim } = options
  return {
    id,
    preset,
    clientId,
    name: options.name ?? before?.name ?? NAMES[preset],
    issuer: preset === 'github' ? null : (options.issuer ?? before?.issuer ?? defaultIssuer(preset)),
    domains: options.domains ?? before?.domains ?? [],
    roleClaim: roleClaim === 'none' ? null : (roleClaim ?? before?.roleClaim ?? null),
    roles: options.roles ?? before?.roles ?? [],
  }
}

function defaultIssuer(preset: Preset): string | null {
  return preset === 'google' ? GOOGLE_ISSUER : null
}

/** Says what is still to be done, and asks the provider. What the check finds is a warning: the provider is set up. */
async function report(core: CoreClient, id: string, options: SetupOptions, context: CommandContext): Promise<void> {
  const state = (await core.call('GET /api/providers', {})).find((provider) => provider.id === id)
  if (options.json === true || state === undefined) return context.print(JSON.stringify(state))
  context.print(`${printable(state.name)} is set up.`)
  context.print(redirectWords(state))
  if (!state.hasSecret) {
    return context.warn(`Its client secret is missing. Set it with: latchkey sign-in setup ${id} --secret-file FILE`)
  }
  await core.call('POST /api/providers/:id/check', {}, id)
  context.print('It answers as it should.')
}

function redirectWords({ redirectUrl }: ProviderState): string {
  return redirectUrl === null
    ? 'It gets its redirect address when other devices can open the console. See: latchkey sign-in list'
    : `Enter this redirect address there: ${redirectUrl}`
}

function roles(text: string): Provider['roles'] {
  if (text === 'none') return []
  return list(text).map((entry) => {
    const at = entry.lastIndexOf('=')
    const role = ROLES.find((one) => one === entry.slice(at + 1) && one !== 'owner')
    if (at < 1 || role === undefined || role === 'owner') {
      throw new InvalidArgumentError('Roles look like staff=member,it=admin. They are admin, member and guest.')
    }
    return { value: entry.slice(0, at), role }
  })
}
