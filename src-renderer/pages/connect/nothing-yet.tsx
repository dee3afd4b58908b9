import { Text } from '@mantine/core'
import { BrowserAdvice } from '../../parts/browsers/browser-advice.tsx'
import { useHasPassed } from '../../parts/feedback/use-has-passed.ts'
import { CopyButton } from '../../parts/fields/copy-button.tsx'
import type { AppKind } from '../../recipes/recipe.ts'
import { text } from '../../text/text.ts'
import classes from './await-app.module.css'

/** Long enough to find a form, to paste twice and to send a message. */
const PATIENCE_MS = 60_000

/** A checklist if no request arrives, because Latchkey cannot see the cause then. */
export function NothingYet({ kind, address }: { kind: AppKind; address: string }) {
  if (!useHasPassed(PATIENCE_MS)) return null
  const { nothingYet } = text.connect
  const inBrowser = kind === 'extension' || kind === 'browser' || kind === 'web' || kind === 'other'
  return (
    <div className={classes.nothingYet}>
      <Text fw={600}>{nothingYet.title}</Text>
      <ul>
        <li>
          {nothingYet.address}{' '}
          <CopyButton value={address} what={text.connect.address} label={text.remedies.copyAddress} size="compact-sm" />
        </li>
        <li>{nothingYet.sent}</li>
        {inBrowser && (
          <li>
            {nothingYet.permission}
            <BrowserAdvice />
          </li>
        )}
        {kind === 'web' && <li>{nothingYet.container}</li>}
      </ul>
    </div>
  )
}
