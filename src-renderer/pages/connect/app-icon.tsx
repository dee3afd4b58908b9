import {
  IconAppWindow,
  IconBrowser,
  IconCode,
  IconCommand,
  IconNotebook,
  IconPuzzle,
  IconSparkles,
} from '@tabler/icons-react'
import type { AppKind } from '../../recipes/recipes.ts'

const ICONS: Record<AppKind, typeof IconPuzzle> = {
  extension: IconPuzzle,
  browser: IconBrowser,
  notes: IconNotebook,
  editor: IconCode,
  launcher: IconCommand,
  web: IconAppWindow,
  other: IconSparkles,
}

export function AppIcon({ kind, size }: { kind: AppKind; size: string }) {
  const Icon = ICONS[kind]
  return <Icon size={size} stroke={1.7} aria-hidden />
}
