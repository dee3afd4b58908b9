import {
  IconAppWindow,
  IconBook2,
  IconBrowser,
  IconCode,
  IconCommand,
  IconHome,
  IconMail,
  IconMessageCircle,
  IconNotebook,
  IconPuzzle,
  IconSparkles,
  IconTerminal2,
} from '@tabler/icons-react'
import type { AppKind } from '../../recipes/recipe.ts'

const ICONS: Record<AppKind, typeof IconPuzzle> = {
  extension: IconPuzzle,
  browser: IconBrowser,
  notes: IconNotebook,
  editor: IconCode,
  launcher: IconCommand,
  web: IconAppWindow,
  mail: IconMail,
  chat: IconMessageCircle,
  terminal: IconTerminal2,
  library: IconBook2,
  home: IconHome,
  other: IconSparkles,
}

export function AppIcon({ kind, size }: { kind: AppKind; size: string }) {
  const Icon = ICONS[kind]
  return <Icon size={size} stroke={1.7} aria-hidden />
}
