import { Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { LanState } from '#shared/lan/lan.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { ConfirmDialog } from '../../../../parts/dialogs/confirm-dialog.tsx'
import { Callout } from '../../../../parts/feedback/callout.tsx'
import { Problem } from '../../../../parts/feedback/problem.tsx'
import { OptionCards } from '../../../../parts/fields/option-cards.tsx'
import { Card } from '../../../../parts/layout/card.tsx'
import { useSettingChange } from '../../../../parts/settings/use-setting-change.ts'
import { devicesText } from '../../../../text/devices-text.ts'
import { problemSentence } from '../../../../text/problem-sentence.ts'
import { AuthorityPanel } from './authority-panel.tsx'
import { FilesForm } from './files-form.tsx'

type Protection = Settings['lanTls']

const PROTECTIONS = (['authority', 'files', 'off'] as const).map((value) => ({
  value,
  ...devicesText.lan.protections[value],
}))

interface ProtectionCardProps {
  settings: Settings
  lan: LanState
}

/** How connections of other devices are protected. Files are used once both are named, and “not at all” once confirmed. */
export function ProtectionCard({ settings, lan }: ProtectionCardProps) {
  const change = useSettingChange(settings, 'lanTls')
  const [wanted, setWanted] = useState<Protection | null>(null)
  const shown = wanted === 'files' ? wanted : settings.lanTls

  async function choose(next: Protection) {
    const isNew = next !== settings.lanTls
    const isReady = next === 'authority' || (next === 'files' && hasFiles(settings))
    // The form stays if its files cannot be used.
    setWanted(isNew && next !== 'authority' ? next : null)
    if (isNew && isReady && (await change.run(next)) !== undefined) setWanted(null)
  }

  return (
    <Card title={devicesText.lan.protectionTitle}>
      <Stack>
        <OptionCards
          label={devicesText.lan.protectionTitle}
          name="lan-protection"
          options={PROTECTIONS}
          value={shown}
          onChange={(next) => void choose(next)}
          minWidth="13rem"
        />
        {lan.problem !== null && shown === settings.lanTls && (
          <Callout kind="bad" title={problemSentence(lan.problem)} />
        )}
        {shown === 'authority' && <AuthorityPanel lan={lan} />}
        {shown === 'files' && <FilesForm settings={settings} lan={lan} onSaved={() => setWanted(null)} />}
        {shown === 'off' && (
          <Callout kind="bad" title={devicesText.lan.offTitle}>
            <Text size="sm">{devicesText.lan.offText}</Text>
          </Callout>
        )}
        <Problem sentence={wanted === 'off' ? null : change.problem} />
      </Stack>
      {wanted === 'off' && (
        <ConfirmDialog
          title={devicesText.lan.offAsk}
          confirm={devicesText.lan.offDo}
          busy={change.busy}
          problem={change.problem}
          onClose={() => setWanted(null)}
          onConfirm={async () => {
            if ((await change.run('off')) !== undefined) setWanted(null)
          }}
        >
          {devicesText.lan.offText}
        </ConfirmDialog>
      )}
    </Card>
  )
}

function hasFiles({ lanCertificateFile, lanKeyFile }: Settings): boolean {
  return lanCertificateFile !== null && lanKeyFile !== null
}
