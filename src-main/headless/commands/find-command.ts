import { type Command, InvalidArgumentError } from 'commander'
import { urlHost } from '#shared/settings/network.ts'
import type { FoundService } from '../../listeners/discovery/found-services.ts'
import type { CommandContext } from './command-context.ts'
import { table } from './table.ts'

const HELP = `
Another Latchkey is found only if it lets other devices in and its setting "discovery" is on.
Anyone in a network can announce any name: compare the fingerprint of the certificate before you trust it.`

export function addFindCommand(program: Command, context: CommandContext): void {
  program
    .command('find')
    .description('look for other computers in this network that run Latchkey (it need not run here)')
    .option('--seconds <number>', 'how long to look, 1 to 60', seconds, 3)
    .option('--json', 'print JSON, for programs')
    .addHelpText('after', HELP)
    .action(async (options: { seconds: number; json?: true }) => {
      // No other command needs the library for DNS.
      const { browse } = await import('../../listeners/discovery/browse.ts')
      const found = await browse(options.seconds * 1_000)
      if (options.json === true) return context.print(JSON.stringify(found.map(withUrl)))
      if (found.length === 0) return context.print(nothingFound(options.seconds))
      context.print(table(['NAME', 'ADDRESS', 'IP ADDRESSES', 'TLS', 'VERSION'], found.map(row)))
    })
}

function seconds(text: string): number {
  const number = Number(text)
  if (/^\d{1,2}$/.test(text) && number >= 1 && number <= 60) return number
  throw new InvalidArgumentError('Enter a whole number from 1 to 60.')
}

function withUrl(service: FoundService): FoundService & { url: string } {
  const { host, port, tls } = service
  return { ...service, url: `${tls === false ? 'http' : 'https'}://${urlHost(host)}:${port}` }
}

function row(service: FoundService): string[] {
  const { name, addresses, tls, version } = service
  const secure = tls === null ? 'unknown' : tls ? 'yes' : 'no'
  return [name, withUrl(service).url, addresses.join(', '), secure, version === null ? 'unknown' : String(version)]
}

function nothingFound(looked: number): string {
  return `Found no Latchkey within ${looked} s. On the other computer, let other devices in and switch on the setting “discovery”. A firewall may also block UDP port 5353, or the network may keep devices apart, as networks for guests do.`
}
