import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { type IssuedInvitation, JOIN_PATH } from '#shared/people/invitation.ts'
import { Dialog } from '../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../parts/dialogs/dialog-buttons.tsx'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { CopyField } from '../../../parts/fields/copy-field.tsx'
import { QrCode } from '../../../parts/fields/qr-code.tsx'
import classes from '../../../parts/people/people.module.css'
import { formatDate } from '../../../text/format.ts'
import { peopleText } from '../../../text/people-text.ts'

/** Shows an invitation's link for the only time. A click beside the dialog does not close it. */
export function IssuedDialog({ issued, onClose }: { issued: IssuedInvitation; onClose: () => void }) {
  const [copied, setCopied] = useState(false)
  const { links } = issued
  const { issued: words } = peopleText
  const { title, explanation } = wordsFor(issued)
  return (
    <Dialog
      onClose={onClose}
      size="lg"
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Callout kind="wait" title={words.once}>
          <Text size="sm">{explanation}</Text>
        </Callout>
        {links.length === 0 ? (
          <NotShared issued={issued} onCopied={() => setCopied(true)} />
        ) : (
          <Links links={links} onCopied={() => setCopied(true)} />
        )}
        <DialogButtons>
          <Button onClick={onClose} variant={copied ? 'filled' : 'default'}>
            {words.done}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}

function wordsFor({ name, person, expiresAt }: IssuedInvitation): { title: string; explanation: string } {
  const date = formatDate(expiresAt)
  if (name !== null && person !== null) {
    return {
      title: peopleText.recover.issuedTitle({ name }),
      explanation: peopleText.recover.issuedText({ name, date }),
    }
  }
  const { issued: words } = peopleText
  return { title: name === null ? words.title : words.titleFor({ name }), explanation: words.text({ date }) }
}

function Links({ links: [link = '', ...others], onCopied }: { links: readonly string[]; onCopied: () => void }) {
  return (
    <>
      <CopyField label={peopleText.issued.link} value={link} primary onCopied={onCopied} />
      <div className={classes.scan}>
        <Text size="sm" mb="xs">
          {peopleText.issued.scan}
        </Text>
        <QrCode value={link} label={peopleText.issued.code} />
      </div>
      {others.map((other) => (
        <CopyField key={other} label={peopleText.issued.otherLink} value={other} onCopied={onCopied} />
      ))}
    </>
  )
}

/** Without an address for others, a served console can still be opened on this computer. */
function NotShared({ issued: { code }, onCopied }: { issued: IssuedInvitation; onCopied: () => void }) {
  const isServed = location.protocol.startsWith('http')
  return (
    <>
      <Callout kind="bad" title={peopleText.issued.notShared}>
        <Text size="sm">{peopleText.issued.notSharedText}</Text>
        <Button component={Link} href="/settings/people" variant="default" size="compact-sm" mt="xs">
          {peopleText.issued.share}
        </Button>
      </Callout>
      {isServed && (
        <CopyField
          label={peopleText.issued.linkHere}
          value={`${location.origin}${JOIN_PATH}#${code}`}
          primary
          onCopied={onCopied}
        />
      )}
    </>
  )
}
