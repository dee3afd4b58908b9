import { Checkbox, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { NetworkAddress } from '#shared/settings/network.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../../api/client.ts'
import { useAppState, useLan } from '../../../api/queries.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { OptionCards } from '../../../parts/fields/option-cards.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useSettingChange } from '../../../parts/settings/use-setting-change.ts'
import { devicesText } from '../../../text/devices-text.ts'
import { problemSentence } from '../../../text/problem-sentence.ts'

const EXPOSURES = (['none', 'all', 'some'] as const).map((value) => ({
  value,
  ...devicesText.lan.exposures[value],
}))

type Exposure = (typeof EXPOSURES)[number]['value']

/** Lets other devices in, at chosen addresses, and explains the risk. */
export function LanCard({ settings: { lan }, settings }: { settings: Settings }) {
  const addresses = useQuery({ queryKey: ['network'], queryFn: () => call('GET /api/network', {}) }).data ?? []
  const change = useSettingChange(settings, 'lan')
  const exposure: Exposure = lan === 'all' ? 'all' : lan.length > 0 ? 'some' : 'none'

  function choose(next: Exposure) {
    const [first] = [...addresses].sort((one, other) => one.family.localeCompare(other.family))
    if (next === 'some') return void change.run(first === undefined ? [] : [first.address])
    return void change.run(next === 'all' ? 'all' : [])
  }

  return (
    <Card title={devicesText.lan.title}>
      <Stack>
        <OptionCards
          label={devicesText.lan.title}
          name="lan"
          options={
            addresses.length > 0 ? EXPOSURES : EXPOSURES.filter(({ value }) => value !== 'some' || value === exposure)
          }
          value={exposure}
          onChange={choose}
          minWidth="13rem"
        />
        {exposure === 'some' && Array.isArray(lan) && (
          <AddressChoice addresses={addresses} chosen={lan} onChange={(chosen) => void change.run(chosen)} />
        )}
        {exposure === 'none' ? (
          <OwnAddresses addresses={addresses} />
        ) : (
          <Shared isProtected={settings.lanTls !== 'off'} />
        )}
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

/** Chosen addresses that this computer does not have now stay in the list, so that they can be removed. */
function AddressChoice({ addresses, chosen, onChange }: AddressChoiceProps) {
  const here = addresses.map(({ address }) => address)
  const gone = chosen.filter((address) => !here.includes(address))
  return (
    <Checkbox.Group label={devicesText.lan.chooseLabel} value={chosen} onChange={onChange}>
      <Stack gap="xs" mt="xs">
        {addresses.map(({ address, interface: name }) => (
          <Checkbox key={address} value={address} label={`${address} (${name})`} />
        ))}
        {gone.map((address) => (
          <Checkbox key={address} value={address} label={devicesText.lan.notHere({ address })} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

function OwnAddresses({ addresses }: { addresses: readonly NetworkAddress[] }) {
  const shown = addresses.map(({ address, interface: name }) => `${address} (${name})`)
  return (
    <Text size="sm" c="dimmed">
      {shown.length === 0 ? devicesText.lan.noAddresses : devicesText.lan.ownAddresses({ addresses: shown.join(', ') })}
    </Text>
  )
}

/** Without encryption, the card of the protection says what that risks. It also has the problem of a certificate. */
function Shared({ isProtected }: { isProtected: boolean }) {
  const problem = useAppState().data?.gateway.lanProblem ?? null
  const ofCertificate = useLan().data?.problem?.code
  return (
    <>
      <Callout kind="wait" title={devicesText.lan.warning}>
        <Text size="sm">{isProtected ? devicesText.lan.warningProtected : devicesText.lan.warningText}</Text>
      </Callout>
      {problem !== null && problem.code !== ofCertificate && <Callout kind="bad" title={problemSentence(problem)} />}
    </>
  )
}
