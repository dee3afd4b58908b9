import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { LanState } from '#shared/lan/lan.ts'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { withCore } from '../core-client.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { deviceWords, lanLines } from './lan-lines.ts'

interface ShowOptions extends CommonOptions {
  qr?: true
}

interface CertificateOptions extends CommonOptions {
  out?: string
}

interface ReplaceOptions extends CommonOptions {
  yes?: true
}

export function addLanCommands(program: Command, context: CommandContext): void {
  const group = program.command('lan').description('show how other devices connect, and what they trust')
  const show = group
    .command('show', { isDefault: true })
    .description('show addresses, fingerprint and the devices that have connected')
    .option('--qr', 'print a QR code of the page that a device opens first')
  withCommonOptions(show, context).action((options: ShowOptions) => showLan(options, context))
  const certificate = group
    .command('certificate')
    .description("print the certificate of Latchkey's authority, which other devices may trust")
    .option('--out <file>', 'write it to a file instead')
  withCommonOptions(certificate, context).action((options: CertificateOptions) => giveCertificate(options, context))
  const replace = group
    .command('replace-authority')
    .description('delete the authority and make a new one, which each device has to trust anew')
    .option('--yes', 'confirm it; it cannot be undone')
  withCommonOptions(replace, context).action((options: ReplaceOptions) => replaceAuthority(options, context))
}

function showLan(options: ShowOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const lan = await core.call('GET /api/lan', {})
    if (options.json === true) return context.print(JSON.stringify(lan))
    const { lan: chosen } = await core.call('GET /api/settings', {})
    if (chosen.length === 0) {
      return context.print(
        'Only this computer can reach Latchkey. To let others in, run: latchkey settings set lan all',
      )
    }
    if (!core.beside) context.warn('Latchkey is not running, so no device can connect. Start it with: latchkey serve')
    if (options.qr === true) {
      // Only this option needs the library, and every start of `serve` loads this file.
      const { terminalQr } = await import('./terminal-qr.ts')
      context.print(`${terminalQr(pageOf(lan))}\n`)
    }
    for (const line of lanLines(lan, context.now())) context.print(line)
  })
}

function pageOf(lan: LanState): string {
  const url = lan.trustUrl ?? usableUrls(lan)[0]
  if (url !== undefined) return url
  throw new PersonError(
    'no_lan_address',
    'No other device can reach Latchkey now, so there is no address for a QR code.',
  )
}

function giveCertificate(options: CertificateOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const certificate = await core.call('GET /api/lan/certificate', {})
    if (options.out !== undefined) writeCertificate(options.out, certificate.pem)
    if (options.json === true) return context.print(JSON.stringify(certificate))
    if (options.out === undefined) return context.print(certificate.pem.trimEnd())
    context.print(`Wrote the certificate to ${options.out}. Its fingerprint (SHA-256): ${certificate.fingerprint}`)
  })
}

function writeCertificate(path: string, pem: string): void {
  try {
    writeFileSync(path, pem)
  } catch (error) {
    throw new PersonError('file_not_written', `Latchkey cannot write the file ${path}.`, { cause: error })
  }
}

function replaceAuthority(options: ReplaceOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    if (options.yes !== true) {
      const { devices } = await core.call('GET /api/lan', {})
      throw new PersonError('not_confirmed', `${consequences(devices)} Add --yes to confirm.`)
    }
    const lan = await core.call('POST /api/lan/authority/replace', {})
    if (options.json === true) return context.print(JSON.stringify(lan))
    context.print('Latchkey has a new authority. Remove the old one from each device, and set the device up again.')
    for (const line of lanLines(lan, context.now())) context.print(line)
  })
}

function consequences(devices: LanState['devices']): string {
  const users = devices.filter(({ lastSecureAt }) => lastSecureAt !== null).map(deviceWords)
  const used = users.length === 0 ? 'No device has used it lately.' : `These have used it lately: ${users.join('; ')}.`
  return `This deletes the authority. Every device has to be set up again before it can connect. ${used}`
}
