import type { Command } from 'commander'
import type { ProviderState } from '#shared/people/sign-in.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type CoreClient, withCore } from '../../core-client.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommonOptions, withCommonOptions } from '../common-options.ts'
import { printable, table } from '../table.ts'
import { addProviderSetup } from './provider-setup.ts'
import { readSecret } from './read-secret.ts'

interface PasswordOptions extends CommonOptions {
  file: string
}

export function addSignInCommands(program: Command, context: CommandContext): void {
  const group = program.command('sign-in').description('set up how people sign in')
  const list = group.command('list').description('show how people can sign in and join, and what is missing')
  withCommonOptions(list, context).action((options: CommonOptions) => listSignIn(options, context))
  addProviderSetup(group, context)
  addRemove(group, context)
  addCheck(group, context)
  addLocal(group, context, 'enable-local', 'let people sign in with passkeys and passwords', true)
  addLocal(group, context, 'disable-local', 'let people sign in only at providers', false)
  const password = group
    .command('password')
    .description('set the password of the owner; other people set theirs in the console')
    .option('--file <file>', 'file with the password; - reads it from standard input', '-')
  withCommonOptions(password, context).action((options: PasswordOptions) => setPassword(options, context))
}

function listSignIn(options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const settings = await core.call('GET /api/settings', {})
    const { sharedConsole } = await core.call('GET /api/state', {})
    const providers = await core.call('GET /api/providers', {})
    const { registration, localSignIn, shareConsole, consoleUrl, ownerEmail } = settings
    const choices = { registration, localSignIn, shareConsole, consoleUrl, ownerEmail }
    if (options.json === true) return context.print(JSON.stringify({ ...choices, sharedConsole, providers }))
    context.print(`Passkeys and passwords: ${localSignIn ? 'on' : 'off'}`)
    context.print(`Joining: ${JOINING[registration]}`)
    context.print(`Console for other devices: ${shareConsole ? sharedWords(sharedConsole.urls) : 'off'}`)
    if (shareConsole && !core.beside) {
      context.warn('Latchkey is not running, so nobody can sign in. Start it with: latchkey serve')
    } else if (sharedConsole.problem !== null) context.warn(sharedConsole.problem.message)
    if (providers.length > 0) context.print(`\n${table(PROVIDER_HEADINGS, providers.map(providerRow))}`)
  })
}

const JOINING = {
  invite: 'with an invitation',
  approval: 'with an invitation, or after an answer to their question',
  open: 'with an invitation, or from this network without one',
}

function sharedWords(urls: readonly string[]): string {
  return urls.length === 0 ? 'not reachable' : urls.join(' and ')
}

const PROVIDER_HEADINGS = ['PROVIDER', 'ID', 'KIND', 'SECRET', 'REDIRECT ADDRESS']

function providerRow({ name, id, preset, hasSecret, redirectUrl }: ProviderState): string[] {
  return [printable(name), id, preset, hasSecret ? 'set' : 'missing', redirectUrl ?? 'none yet']
}

function addRemove(group: Command, context: CommandContext): void {
  const command = group
    .command('remove')
    .description('remove a provider and its secret; people who signed in there keep their keys')
    .argument('<provider>', "the provider's id")
  withCommonOptions(command, context).action((id: string, options: CommonOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const { name } = await findProvider(core, id)
      // Before the provider itself, whose secret can then no longer be found.
      await core.call('PUT /api/providers/:id/secret', { secret: null }, id)
      const { providers } = await core.call('GET /api/settings', {})
      await core.call('PATCH /api/settings', { providers: providers.filter((one) => one.id !== id) })
      context.print(options.json === true ? JSON.stringify({ done: true }) : `Removed ${printable(name)}.`)
    }),
  )
}

function addCheck(group: Command, context: CommandContext): void {
  const command = group
    .command('check')
    .description('ask a provider whether people can sign in there')
    .argument('<provider>', "the provider's id")
  withCommonOptions(command, context).action((id: string, options: CommonOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const { name } = await findProvider(core, id)
      await core.call('POST /api/providers/:id/check', {}, id)
      context.print(
        options.json === true ? JSON.stringify({ done: true }) : `Nothing is wrong with ${printable(name)}.`,
      )
    }),
  )
}

async function findProvider(core: CoreClient, id: string): Promise<ProviderState> {
  const found = (await core.call('GET /api/providers', {})).find((provider) => provider.id === id)
  if (found !== undefined) return found
  throw new PersonError('no_such_provider', 'No provider has this id. See: latchkey sign-in list')
}

function addLocal(
  group: Command,
  context: CommandContext,
  verb: 'enable-local' | 'disable-local',
  description: string,
  localSignIn: boolean,
): void {
  withCommonOptions(group.command(verb).description(description), context).action((options: CommonOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const settings = await core.call('PATCH /api/settings', { localSignIn })
      if (options.json === true) return context.print(JSON.stringify({ localSignIn: settings.localSignIn }))
      context.print(`Passkeys and passwords are ${localSignIn ? 'on' : 'off'}.`)
      if (localSignIn) return
      if (settings.providers.length === 0) {
        context.warn(
          'No provider is set up, so only the owner can open the console. See: latchkey sign-in setup --help',
        )
      }
      context.print("The owner's window and one-time link still work: latchkey console")
    }),
  )
}

function setPassword({ file, json, dataDir }: PasswordOptions, context: CommandContext): Promise<void> {
  return withCore(dataDir, context, async (core) => {
    const me = await core.call('PUT /api/me/password', { password: await readSecret(file) })
    context.print(json === true ? JSON.stringify(me) : `${printable(me.name)} can sign in with this password now.`)
  })
}
