import { Box, Button, FileButton, Group, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Me, MePatch } from '#shared/people/sign-in.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Problem } from '../../parts/feedback/problem.tsx'
import { Pill } from '../../parts/feedback/status.tsx'
import { showUndo } from '../../parts/feedback/toast.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { Avatar } from '../../parts/people/avatar.tsx'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'
import { smallPicture } from './small-picture.ts'

/** Name and picture, which the others see. */
export function ProfileCard({ me }: { me: Me }) {
  return (
    <Card title={peopleText.account.profile} aside={<Pill kind="plain">{peopleText.roles[me.role]}</Pill>}>
      <Stack>
        <Picture me={me} />
        <Name me={me} />
        {me.email !== null && (
          <Text size="sm" c="dimmed">
            {peopleText.account.email({ email: me.email })}
          </Text>
        )}
      </Stack>
    </Card>
  )
}

/** Saves a change and offers to undo it. */
async function save(patch: MePatch, before: MePatch): Promise<Me> {
  const saved = await call('PATCH /api/me', patch)
  showUndo(peopleText.account.saved, () => call('PATCH /api/me', before))
  return saved
}

function Picture({ me }: { me: Me }) {
  const change = useAction((picture: string | null) => save({ picture }, { picture: me.picture }))
  const choose = useAction(async (file: File | null) => {
    if (file !== null) await change.run(await smallPicture(file))
  })
  return (
    <Box>
      <Group>
        <Avatar person={me} size="4rem" />
        <FileButton accept="image/*" onChange={(file) => void choose.run(file)}>
          {(props) => (
            <Button variant="default" loading={choose.busy} {...props}>
              {peopleText.account.choosePicture}
            </Button>
          )}
        </FileButton>
        {me.picture !== null && (
          <Button variant="subtle" c="var(--lk-good)" onClick={() => void change.run(null)}>
            {peopleText.account.removePicture}
          </Button>
        )}
      </Group>
      <Problem sentence={choose.problem ?? change.problem} />
    </Box>
  )
}

function Name({ me }: { me: Me }) {
  const [name, setName] = useState(me.name)
  const saving = useAction(() => save({ name }, { name: me.name }))

  function submit(event: FormEvent) {
    event.preventDefault()
    void saving.run()
  }

  return (
    <form noValidate onSubmit={submit}>
      <Group align="end" gap="sm">
        <TextInput
          label={peopleText.join.nameLabel}
          value={name}
          maxLength={80}
          autoComplete="name"
          flex="1 1 14rem"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={saving.busy} disabled={name.trim() === me.name}>
          {text.shell.save}
        </Button>
      </Group>
      <Problem sentence={saving.problem} />
    </form>
  )
}
