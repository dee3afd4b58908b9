import { Text } from '@mantine/core'
import { isExtension } from '#shared/origins/origin.ts'
import type { PairingAsker } from '#shared/pairing/pairing.ts'
import { text } from '../../text/text.ts'
import type { CalloutKind } from '../feedback/callout.tsx'
import { Pill } from '../feedback/status.tsx'
import classes from './pairing.module.css'

const MARKS = { certain: 'good', claim: 'wait', hint: 'plain' } as const satisfies Record<string, CalloutKind>

interface Fact {
  readonly label: string
  /** A name for people. */
  readonly name: string | null
  /** The exact address or path. */
  readonly exact: string | null
  readonly mark: keyof typeof MARKS
}

/** Lists the facts about an app that asks, each marked as certain, a claim or a hint. */
export function WhoAsks({ asker }: { asker: PairingAsker }) {
  return (
    <>
      <dl className={classes.facts}>
        {factsOf(asker).map(({ label, name, exact, mark }) => (
          <div key={label} className={classes.fact}>
            <dt>{label}</dt>
            <dd>
              {name !== null && <b>{name}</b>}
              {exact !== null && <span className={classes.exact}>{exact}</span>}
            </dd>
            <dd>
              <Pill kind={MARKS[mark]}>{text.pairing.marks[mark]}</Pill>
            </dd>
          </div>
        ))}
      </dl>
      <Text size="sm" c="dimmed" mt="xs" lh={1.4}>
        {text.pairing[assuranceOf(asker)]}
      </Text>
    </>
  )
}

function assuranceOf({ origin, device }: PairingAsker): 'fromDevice' | 'unproven' | 'bound' {
  if (device !== null) return 'fromDevice'
  return origin === null ? 'unproven' : 'bound'
}

function factsOf({ origin, originName, claim, program, userAgent, returnsTo, device }: PairingAsker): Fact[] {
  const { who } = text.pairing
  const facts: (Fact | false)[] = [
    device !== null && { label: who.device, name: null, exact: device, mark: 'hint' },
    origin !== null && {
      label: isExtension(origin) ? who.extension : who.site,
      name: originName,
      exact: origin,
      // A program on another device can name any origin.
      mark: device === null ? 'certain' : 'claim',
    },
    claim !== null && claim !== originName && { label: who.claim, name: claim, exact: null, mark: 'claim' },
    program !== null && { label: who.program, name: program.name, exact: program.path, mark: 'hint' },
    returnsTo !== null && { label: who.returnsTo, name: null, exact: returnsTo, mark: 'hint' },
    // Of a page it would name only the browser.
    origin === null &&
      returnsTo === null &&
      program === null &&
      userAgent !== null && { label: who.userAgent, name: null, exact: userAgent, mark: 'claim' },
  ]
  return facts.filter((fact) => fact !== false)
}
