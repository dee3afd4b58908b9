import { NativeSelect, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core'
import { LANGUAGES, type Language } from '#shared/settings/languages.ts'
import { Card } from '../../parts/layout/card.tsx'
import { peopleText } from '../../text/people-text.ts'
import { language, text } from '../../text/text.ts'
import { keepOwnChoice } from '../../theme/own-choices.ts'

const THEMES = (['auto', 'light', 'dark'] as const).map((value) => ({ value, label: text.shell.themes[value] }))
const LANGUAGE_CHOICES = [
  { value: 'auto', label: text.settings.languageAuto },
  ...(Object.entries(LANGUAGES) as [Language, string][]).map(([value, label]) => ({ value, label })),
]

/** Colours and language of this browser, for those who may not change the settings. */
export function AppearanceCard() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Card title={text.settings.appearanceTitle}>
      <Stack>
        <Text c="dimmed">{peopleText.account.appearanceText}</Text>
        <div>
          <Text size="sm" fw={600} mb={4}>
            {text.settings.themeLabel}
          </Text>
          <SegmentedControl
            aria-label={text.settings.themeLabel}
            data={THEMES}
            value={colorScheme}
            onChange={(theme) => {
              keepOwnChoice('theme', theme)
              setColorScheme(theme)
            }}
          />
        </div>
        <NativeSelect
          label={text.settings.languageLabel}
          data={LANGUAGE_CHOICES}
          value={language}
          onChange={(event) => {
            keepOwnChoice('language', event.currentTarget.value)
            // The texts are loaded once.
            location.reload()
          }}
          maw="20rem"
        />
      </Stack>
    </Card>
  )
}
