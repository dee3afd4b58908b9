import type { ComponentType } from 'react'
import { Link, useParams } from 'wouter'
import type { Settings } from '#shared/settings/settings.ts'
import { useSettings } from '../../api/queries.ts'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { text } from '../../text/text.ts'
import { AboutSection } from './about/about-section.tsx'
import { AccessSection } from './access/access-section.tsx'
import { ChangesSection } from './changes-section.tsx'
import { DataSection } from './data/data-section.tsx'
import { DevicesSection } from './devices/devices-section.tsx'
import { GeneralSection } from './general/general-section.tsx'
import { OllamaSection } from './ollama/ollama-section.tsx'
import { PeopleSection } from './people/people-section.tsx'
import classes from './settings.module.css'

const SETTINGS_PATH = '/settings'

/** The sections in the order of their tabs. The first has the address without a name. */
const SECTIONS = {
  general: GeneralSection,
  ollama: OllamaSection,
  access: AccessSection,
  devices: DevicesSection,
  people: PeopleSection,
  data: DataSection,
  changes: ChangesSection,
  about: AboutSection,
} as const satisfies Record<string, ComponentType<{ settings: Settings }>>

type SectionName = keyof typeof SECTIONS
const NAMES = Object.keys(SECTIONS) as SectionName[]

export function SettingsPage() {
  const { section = '' } = useParams()
  const shown = NAMES.find((name) => name === section) ?? 'general'
  const Section = SECTIONS[shown]
  return (
    <>
      <PageHeader title={text.settings.title} intro={text.settings.intro} />
      <nav aria-label={text.settings.sectionsLabel} className={classes.tabs}>
        {NAMES.map((name) => (
          <Link
            key={name}
            href={name === 'general' ? SETTINGS_PATH : `${SETTINGS_PATH}/${name}`}
            className={classes.tab}
            aria-current={name === shown ? 'true' : undefined}
          >
            {text.settings.sections[name]}
          </Link>
        ))}
      </nav>
      <div className={classes.section}>
        <QueryGate query={useSettings()}>{(settings) => <Section settings={settings} />}</QueryGate>
      </div>
    </>
  )
}
