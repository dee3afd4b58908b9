import { NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { CopyField } from '../../../../parts/fields/copy-field.tsx'
import { devicesText } from '../../../../text/devices-text.ts'
import { text } from '../../../../text/text.ts'

const SYSTEMS = (['ios', 'android', 'windows', 'mac', 'linux', 'firefox'] as const).map((value) => ({
  value,
  label: devicesText.lan.remove.systems[value],
}))

type System = (typeof SYSTEMS)[number]['value']

/** For Debian, Ubuntu and their relatives, where the trust page says to install it. */
const ON_LINUX = 'sudo rm /usr/local/share/ca-certificates/latchkey.crt && sudo update-ca-certificates --fresh'

/** How to remove an installed authority from a device. `name` is the name under which the device lists it. */
export function RemovalSteps({ name }: { name: string }) {
  const [system, setSystem] = useState<System>('ios')
  return (
    <Stack gap="xs">
      <NativeSelect
        label={devicesText.lan.remove.systemLabel}
        data={SYSTEMS}
        value={system}
        onChange={({ currentTarget }) => setSystem(currentTarget.value as System)}
        maw="16rem"
      />
      <Text size="sm" role="status">
        {devicesText.lan.remove.steps[system]({ name })}
      </Text>
      {system === 'linux' && <CopyField label={text.takeOver.command} value={ON_LINUX} />}
    </Stack>
  )
}
