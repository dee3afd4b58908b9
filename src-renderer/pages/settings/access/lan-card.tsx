import { Checkbox, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { NetworkAddress } from '#shared/settings/network.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../../api/client.ts'
import { useAppState } from '../../../api/queries.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { CopyField } from '../../../parts/fields/copy-field.tsx'
import { OptionCards } from '../../../parts/fields/option-cards.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useChange } from '../../../parts/settings/use-change.ts'
import { problemSentence } from '../../../text/problem-sentence.ts'
import { text } from '../../../text/text.ts'

const REACHES = (['none', 'all', 'some'] as const).map((value) => ({
  value,
  ...text.lan.reaches[value],
}))

type ReachName = (typeof REACHES)[number]['value']

/** Whether other devices come in, by which addresses, and what that means. */
export function LanCard({ settings: { lan }, settings }: { settings: Settings }) {
  const addresses = useQuery({ queryKey: ['network'], queryFn: () => call('GET /api/network', {}) }).data ?? []
  const change = useChange(settings, 'lan')
  const reach: ReachName = lan === 'all' ? 'all' : lan.length > 0 ? 'some' : 'none'

  function choose(next: ReachName) {
    const [first] = [...addresses].sort((one, other) => one.family.localeCompare(other.family))
    if (next === 'some') return void change.run(first === undefined ? [] : [first.address])
    return void change.run(next === 'all' ? 'all' : [])
  }

  return (
    <Card title={text.lan.title}>
      <Stack>
        <OptionCards
          label={text.lan.title}
          name="lan"
          options={addresses.length > 0 ? REACHES : REACHES.filter(({ value }) => value !== 'some' || value === reach)}
          value={reach}
          onChange={choose}
          minWidth="13rem"
        />
        {reach === 'some' && Array.isArray(lan) && (
          <AddressChoice addresses={addresses} chosen={lan} onChange={(chosen) => void change.run(chosen)} />
        )}
        {reach === 'none' ? <OwnAddresses addresses={addresses} /> : <Shared />}
        <Problem sentence={change.problem} />
      </Stack>
    </Card>
  )
}

interface AddressChoiceProps {
  addresses: readonly NetworkAddress[]
  chosen: string[]
  onChange: (chosen: string[]) => void
}

/** An address that this computer does not have just now stays in the list, so that it can be taken away. */
function AddressChoice({ addresses, chosen, onChange }: AddressChoiceProps) {
  const here = addresses.map(({ address }) => address)
  const gone = chosen.filter((address) => !here.includes(address))
  return (
    <Checkbox.Group label={text.lan.chooseLabel} value={chosen} onChange={onChange}>
      <Stack gap="xs" mt="xs">
        {addresses.map(({ address, interface: name }) => (
          <Checkbox key={address} value={address} label={`${address} (${name})`} />
        ))}
        {gone.map((address) => (
          <Checkbox key={address} value={address} label={text.lan.notHere({ address })} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

function OwnAddresses({ addresses }: { addresses: readonly NetworkAddress[] }) {
  const shown = addresses.map(({ address, interface: name }) => `${address} (${name})`)
  return (
    <Text size="sm" c="dimmed">
      {shown.length === 0 ? text.lan.noAddresses : text.lan.ownAddresses({ addresses: shown.join(', ') })}
    </Text>
  )
}

function Shared() {
  const gateway = useAppState().data?.gateway
  return (
    <>
      <Callout kind="wait" title={text.lan.warning}>
        <Text size="sm">{text.lan.warningText}</Text>
      </Callout>
      {gateway?.lanProblem != null && <Callout kind="bad" title={problemSentence(gateway.lanProblem)} />}
      {gateway?.lan.map((address) => (
        <CopyField key={address} label={text.lan.addressLabel} value={address} />
      ))}
    </>
  )
}
