import { Group, SegmentedControl, Switch } from '@mantine/core'
import { useState } from 'react'
import type { TryChat } from '#shared/console-api/try-chat.ts'
import { useAppState } from '../../api/queries.ts'
import { CopyButton } from '../../parts/fields/copy-button.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { text } from '../../text/text.ts'
import { CODE_LANGUAGES, type CodeLanguage, codeFor } from './code.ts'
import own from './try-out.module.css'

/** The same request as code. Contains the key only if the person asks for it, because code is often shared. */
export function CodeCard({ ask }: { ask: TryChat }) {
  const gateway = useAppState().data?.gateway.address ?? ''
  const [language, setLanguage] = useState<CodeLanguage>('curl')
  const [withKey, setWithKey] = useState(false)
  const secret = withKey && ask.secret !== '' ? ask.secret : text.tryOut.placeholder
  const code = codeFor(language, { ...ask, gateway, secret })
  return (
    <Card title={text.tryOut.code} aside={<CopyButton value={code} what={language} />}>
      <Group mb="sm" gap="md">
        <SegmentedControl
          aria-label={text.tryOut.codeLanguage}
          data={[...CODE_LANGUAGES]}
          value={language}
          onChange={setLanguage}
        />
        <Switch
          label={text.tryOut.withKey}
          checked={withKey}
          disabled={ask.secret === ''}
          onChange={(event) => setWithKey(event.currentTarget.checked)}
        />
      </Group>
      <pre className={own.code}>{code}</pre>
    </Card>
  )
}
