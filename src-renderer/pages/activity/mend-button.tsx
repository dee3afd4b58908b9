import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { isOfUse } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Key, KeyPatch } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useAppState, useOrigins } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/callout.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { showUndo } from '../../parts/undo-toast.tsx'
import { text } from '../../text/text.ts'
import type { Mend } from './mend.ts'
import { siteNameOf } from './site-name.ts'
import { useAllowSite } from './use-allow-site.ts'

export function MendButton({ mend, exchange }: { mend: Mend; exchange: Exchange }) {
  switch (mend.kind) {
    case 'allowOrigin':
      return <AllowSite exchange={exchange} />
    case 'changeKey':
      return <Act label={mend.label} perform={() => changeKey(mend.key, mend.patch, mend.label)} />
    case 'resume':
      return <Act label={text.activity.mends.resume} perform={resume} />
    case 'checkUpstream':
      return <Act label={text.activity.mends.checkUpstream} perform={checkUpstream} failed={text.words.stillDown} />
    case 'openKeys':
      return <GoTo href="/keys" label={text.activity.mends.openKeys} />
    case 'connect':
      return <GoTo href="/connect" label={text.activity.mends.connect} />
    case 'copyAddress':
      return <CopyAddress />
  }
}

function AllowSite({ exchange }: { exchange: Exchange }) {
  const origins = useOrigins().data ?? []
  const allow = useAllowSite(exchange, origins)
  if (allow.state === 'allowed') return <Callout kind="good" title={text.activity.mended} />
  return (
    <Button onClick={allow.run} loading={allow.busy} style={START}>
      {text.activity.mends.allowOrigin({ site: siteNameOf(exchange.origin, origins) ?? '' })}
    </Button>
  )
}

interface ActProps {
  label: string
  /** Resolves to whether it is worth trying again in the app. */
  perform: () => Promise<boolean>
  /** What to say when it is not. */
  failed?: string
}

function Act({ label, perform, failed }: ActProps) {
  const [done, setDone] = useState<boolean | null>(null)
  const act = useAction(async () => setDone(await perform()))
  if (done === true) return <Callout kind="good" title={text.activity.mended} />
  const problem = act.problem ?? (done === false ? (failed ?? null) : null)
  return (
    <>
      <Button onClick={() => void act.run()} loading={act.busy} style={START}>
        {label}
      </Button>
      {problem !== null && <Text role="alert">{problem}</Text>}
    </>
  )
}

function GoTo({ href, label }: { href: string; label: string }) {
  return (
    <Button component={Link} href={href} style={START}>
      {label}
    </Button>
  )
}

function CopyAddress() {
  const address = useAppState().data?.gateway.address ?? ''
  return (
    <CopyButton
      value={address}
      what={text.activity.address}
      label={text.shell.labelled({ label: text.activity.mends.copyAddress, what: address })}
      style={START}
    />
  )
}

const START = { alignSelf: 'flex-start' } as const

async function changeKey(key: Key, patch: KeyPatch, label: string): Promise<boolean> {
  await call('PATCH /api/keys/:id', patch, key.id)
  const before = Object.fromEntries(Object.keys(patch).map((field) => [field, key[field as keyof KeyPatch]]))
  showUndo(`${label}.`, () => call('PATCH /api/keys/:id', before, key.id))
  return true
}

async function resume(): Promise<boolean> {
  await call('PATCH /api/settings', { paused: false })
  return true
}

async function checkUpstream(): Promise<boolean> {
  return isOfUse(await call('POST /api/upstream/check', {}))
}
