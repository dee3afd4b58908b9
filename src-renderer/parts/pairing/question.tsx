import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { isExtension } from '#shared/origins/origin.ts'
import type { PairingApproval, PairingRequest } from '#shared/pairing/pairing.ts'
import { call } from '../../api/client.ts'
import { sentenceFor } from '../../api/sentence-for.ts'
import { useAction } from '../../api/use-action.ts'
import { text } from '../../text/text.ts'
import { Callout } from '../feedback/callout.tsx'
import { OptionCards } from '../fields/option-cards.tsx'
import { blockSite } from '../origins/block-site.ts'
import classes from './pairing.module.css'
import { WhoAsks } from './who-asks.tsx'

type Preset = PairingApproval['preset']

const PRESETS = (['chat', 'models', 'all'] as const satisfies readonly Preset[]).map((value) => ({
  value,
  title: text.keys.presets[value],
  hint: text.keys.presetHints[value],
}))

interface QuestionProps {
  request: PairingRequest
  isSettled: boolean
  /** `problem`: why the core rejected the answer, such as an earlier answer in another window. */
  onAnswered: (problem: string | null) => void
}

/** Shows the code, who asks, the choices for the key and the three answers. */
export function Question({ request: { id, code, asker, name: suggested }, isSettled, onAnswered }: QuestionProps) {
  const [preset, setPreset] = useState<Preset>('models')
  const [name, setName] = useState(suggested)
  const answer = useAction(async (give: () => Promise<unknown>) => {
    try {
      await give()
      onAnswered(null)
    } catch (error) {
      onAnswered(sentenceFor(error))
      throw error
    }
  })
  const named = name.trim() === '' ? {} : { name }

  return (
    <>
      <div className={classes.body}>
        <Text size="sm">{text.pairing.compare}</Text>
        <p className={classes.code}>{code}</p>
        <WhoAsks asker={asker} />
        <Stack gap="sm" mt="md">
          <OptionCards
            label={text.keys.presetLabel}
            name={`preset-${id}`}
            options={PRESETS}
            value={preset}
            onChange={setPreset}
          />
          <TextInput
            label={text.pairing.nameLabel}
            value={name}
            placeholder={suggested}
            maxLength={80}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Stack>
      </div>
      <div className={classes.answers}>
        {answer.problem !== null && <Callout kind="bad" title={answer.problem} mb="sm" />}
        <Answers
          asker={asker}
          isOff={answer.busy || !isSettled}
          onBlock={(site) => void answer.run(() => blockSite(site))}
          onDecline={() => void answer.run(() => call('POST /api/pairing/decline', { id, code }))}
          onAllow={() => void answer.run(() => call('POST /api/pairing/approve', { id, code, preset, ...named }))}
        />
      </div>
    </>
  )
}

interface AnswersProps {
  asker: PairingRequest['asker']
  isOff: boolean
  onBlock: (site: Parameters<typeof blockSite>[0]) => void
  onDecline: () => void
  onAllow: () => void
}

function Answers({ asker: { origin, originName }, isOff, onBlock, onDecline, onAllow }: AnswersProps) {
  return (
    <Group gap="xs" justify="flex-end">
      {origin !== null && (
        <Button
          variant="subtle"
          color="gray"
          c="var(--lk-bad)"
          px="xs"
          className={classes.block}
          disabled={isOff}
          onClick={() => onBlock({ origin, label: originName })}
        >
          {isExtension(origin) ? text.pairing.blockExtension : text.pairing.blockSite}
        </Button>
      )}
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" disabled={isOff} onClick={onDecline}>
          {text.pairing.decline}
        </Button>
        <Button disabled={isOff} onClick={onAllow}>
          {text.pairing.allow}
        </Button>
      </Group>
    </Group>
  )
}
