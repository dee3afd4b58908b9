import { Checkbox, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { PRESETS, type Preset, presetOf } from '#shared/keys/presets.ts'
import { SCOPES, type Scope } from '#shared/keys/scopes.ts'
import { useIsOperator } from '../../api/queries.ts'
import { OptionCards } from '../../parts/fields/option-cards.tsx'
import { capitalise } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const ALL_OPTIONS = (['chat', 'models', 'all', 'custom'] as const).map((value) => ({
  value,
  title: text.keys.presets[value],
  hint: text.keys.presetHints[value],
}))

/** What somebody who manages nothing can give their own keys. */
const OWN_PRESETS: readonly Preset[] = ['chat', 'models', 'custom']
const OWN_SCOPES: readonly Scope[] = ['chat', 'models', 'usage']

interface ScopeChoiceProps {
  scopes: readonly Scope[]
  onChange: (scopes: Scope[]) => void
}

/** The scopes of a key: three presets for most people, or single scopes. */
export function ScopeChoice({ scopes, onChange }: ScopeChoiceProps) {
  const [preset, setPreset] = useState<Preset>(() => presetOf(scopes))
  const isOperator = useIsOperator()
  const options = ALL_OPTIONS.filter(({ value }) => isOperator || OWN_PRESETS.includes(value))
  const offered = SCOPES.filter((scope) => isOperator || OWN_SCOPES.includes(scope))

  function choose(chosen: Preset) {
    setPreset(chosen)
    if (chosen !== 'custom') onChange([...PRESETS[chosen]])
  }

  return (
    <div>
      <Text size="sm" fw={600} mb={4} aria-hidden>
        {text.keys.presetLabel}
      </Text>
      <OptionCards label={text.keys.presetLabel} name="preset" options={options} value={preset} onChange={choose} />
      {preset === 'custom' && (
        <Checkbox.Group
          mt="md"
          label={text.keys.scopesLabel}
          value={[...scopes]}
          onChange={(chosen) => onChange(SCOPES.filter((scope) => chosen.includes(scope)))}
        >
          <Stack gap="xs" mt="xs">
            {offered.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={capitalise(text.words.scopes[scope])}
                description={text.words.scopeHints[scope]}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </div>
  )
}
