import { Button, SegmentedControl, Stack, Switch, Text } from '@mantine/core'
import { IconPower } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../../api/client.ts'
import { useAppState } from '../../../api/queries.ts'
import { useAction } from '../../../api/use-action.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { showUndo } from '../../../parts/feedback/toast.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useSettingChange } from '../../../parts/settings/use-setting-change.ts'
import { text } from '../../../text/text.ts'
import { LanguageChoice } from './language-choice.tsx'
import { PauseCard } from './pause-card.tsx'

const THEMES = (['auto', 'light', 'dark'] as const).map((value) => ({ value, label: text.shell.themes[value] }))

export function GeneralSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <PauseCard settings={settings} />
      <LoginItemCard />
      <Card title={text.settings.appearanceTitle}>
        <Stack>
          <ThemeChoice settings={settings} />
          <LanguageChoice settings={settings} />
        </Stack>
      </Card>
      <QuitCard />
    </Stack>
  )
}

function ThemeChoice({ settings }: { settings: Settings }) {
  const change = useSettingChange(settings, 'theme')
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {text.settings.themeLabel}
      </Text>
      <SegmentedControl
        aria-label={text.settings.themeLabel}
        data={THEMES}
        value={settings.theme}
        onChange={(theme) => void change.run(theme)}
      />
      <Problem sentence={change.problem} />
    </div>
  )
}

/** Only in the installed desktop app, which can start at login. */
function LoginItemCard() {
  // Below `settings` in the cache, because the same event announces changes.
  const item = useQuery({ queryKey: ['settings', 'login-item'], queryFn: () => call('GET /api/login-item', {}) }).data
  const set = (on: boolean) => call('PUT /api/login-item', { on })
  const change = useAction(async (on: boolean) => {
    await set(on)
    showUndo(text.settings.loginItemSaved[on ? 'on' : 'off'], () => set(!on))
  })
  if (item?.available !== true) return null
  return (
    <Card title={text.settings.loginItemTitle}>
      <Switch
        label={text.settings.loginItemLabel}
        description={text.settings.loginItemHint}
        checked={item.on}
        disabled={change.busy}
        onChange={(event) => void change.run(event.currentTarget.checked)}
      />
      <Problem sentence={change.problem} />
    </Card>
  )
}

/** Only in the desktop app. On systems without a tray, this is the only way to quit. */
function QuitCard() {
  const isDesktop = useAppState().data?.shell === 'desktop'
  const quit = useAction(() => call('POST /api/quit', {}))
  if (!isDesktop) return null
  return (
    <Card title={text.settings.quitTitle}>
      <Text c="dimmed" mb="md">
        {text.settings.quitText}
      </Text>
      <Button
        variant="default"
        leftSection={<IconPower size="1rem" aria-hidden />}
        loading={quit.busy}
        onClick={() => void quit.run()}
      >
        {text.settings.quitButton}
      </Button>
      <Problem sentence={quit.problem} />
    </Card>
  )
}
