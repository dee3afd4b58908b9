import type { Command } from 'commander'
import { z } from 'zod'
import { PersonError } from '#shared/text/person-error.ts'
import { callRunning } from '../../control/control-channel.ts'
import { prepareDataDir } from '../../settings/data-dir.ts'
import { errorOf } from '../core-client.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'

/** Control channel only: returns a new one-time link to the console of a running `serve`. */
export const CONSOLE_LINK_PATH = '/control/console-link'
const linkSchema = z.object({ url: z.string() })

export function addConsoleCommand(program: Command, context: CommandContext): void {
  const command = program.command('console').description('print a new link to the console of a running serve')
  withCommonOptions(command, context).action(async (options: CommonOptions) => {
    const url = await freshLink(prepareDataDir(options.dataDir))
    context.print(
      options.json === true ? JSON.stringify({ url }) : `${url}\n\nThe link works once and expires in 12 hours.`,
    )
  })
}

async function freshLink(dataDir: string): Promise<string> {
  const request = new Request(`http://latchkey${CONSOLE_LINK_PATH}`, { method: 'POST' })
  const response = await callRunning(dataDir, request)
  if (response.status === 404) {
    throw new PersonError('no_console_link', 'Latchkey is running as the desktop app. Open its window from the tray.')
  }
  if (!response.ok) throw await errorOf(response)
  return linkSchema.parse(await response.json()).url
}
