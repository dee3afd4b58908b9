import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { isWellFormedSecret, shownPrefix } from '#shared/keys/secret.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { CommandContext } from './command-context.ts'

/** The secret comes by standard input: other programs can see a command's arguments. */
export function addHash(group: Command, context: CommandContext): void {
  group
    .command('hash')
    .description('read a secret from standard input and print its row for a file of keys (LATCHKEY_KEYS_FILE)')
    .requiredOption('--name <name>', "the key's name")
    .action(async ({ name }: { name: string }) => {
      const secret = (await text(process.stdin)).trim()
      if (!isWellFormedSecret(secret)) {
        throw new PersonError('no_such_key', 'This is not a secret of Latchkey. Make one with: latchkey key create')
      }
      const sha256 = createHash('sha256').update(secret).digest('hex')
      context.print(JSON.stringify({ name, prefix: shownPrefix(secret), sha256 }))
    })
}
