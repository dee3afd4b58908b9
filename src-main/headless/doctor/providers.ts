import type { ProviderState } from '#shared/people/sign-in.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { printable } from '../commands/table.ts'
import type { CoreClient } from '../core-client.ts'
import type { Finding } from './finding.ts'

/** Asks each provider whether people can sign in there. No finding without any. */
export async function providerFindings(core: CoreClient): Promise<Finding[]> {
  const providers = await core.call('GET /api/providers', {})
  return Promise.all(providers.map((provider) => examineProvider(core, provider)))
}

async function examineProvider(core: CoreClient, { id, name, redirectUrl }: ProviderState): Promise<Finding> {
  try {
    await core.call('POST /api/providers/:id/check', {}, id)
  } catch (error) {
    if (!(error instanceof PersonError)) throw error
    const [sentence = '', ...fix] = printable(error.message).split(/(?<=\.) /)
    return { check: 'provider', ok: false, sentence, fix: fix.join(' ') || null }
  }
  if (redirectUrl === null) {
    const sentence = `Nobody can sign in at ${printable(name)} yet, because other devices cannot open the console.`
    const fix = 'Share the console, or set its address with: latchkey settings set consoleUrl https://latchkey.example'
    return { check: 'provider', ok: false, sentence, fix }
  }
  return { check: 'provider', ok: true, sentence: `People can sign in at ${printable(name)}.`, fix: null }
}
