import { SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import { firewallSteps } from '#shared/lan/firewall.ts'
import { OPERATING_SYSTEMS, type OperatingSystem } from '#shared/upstreams/take-over.ts'
import { useAppState } from '../../../api/queries.ts'
import { operatingSystem } from '../../../parts/browsers/operating-system.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { useHasPassed } from '../../../parts/feedback/use-has-passed.ts'
import { CopyField } from '../../../parts/fields/copy-field.tsx'
import { devicesText } from '../../../text/devices-text.ts'
import { text } from '../../../text/text.ts'
import classes from '../settings.module.css'

/** Long enough to take a phone and to scan the code. */
const PATIENCE_MS = 60_000

const SYSTEMS = OPERATING_SYSTEMS.map((value) => ({ value, label: text.takeOver.systems[value] }))

/** Explains firewalls if no connection of another device arrives, because Latchkey cannot see the cause then. */
export function FirewallHint() {
  const port = useAppState().data?.gateway.port ?? 0
  const [system, setSystem] = useState<OperatingSystem>(operatingSystem)
  if (!useHasPassed(PATIENCE_MS)) return null
  return (
    <Callout kind="wait" title={devicesText.lan.firewall.title}>
      <Text size="sm" mb="xs">
        {devicesText.lan.firewall.text}
      </Text>
      <SegmentedControl
        size="xs"
        aria-label={text.takeOver.systemLabel}
        data={SYSTEMS}
        value={system}
        onChange={setSystem}
        mb="xs"
      />
      <ul className={classes.ways}>
        {firewallSteps(system, port).map(({ id, command }) => (
          <li key={id}>
            <Text size="sm" mb={command === undefined ? 0 : 4}>
              {devicesText.lan.firewall.steps[id]}
            </Text>
            {command !== undefined && <CopyField label={text.takeOver.command} value={command} />}
          </li>
        ))}
      </ul>
    </Callout>
  )
}
