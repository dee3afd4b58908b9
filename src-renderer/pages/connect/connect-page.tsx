import { Box, Button, Group } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import { isOfUse } from '#shared/console-api/state.ts'
import { useAppState } from '../../api/queries.ts'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { useFirstRunState } from '../../shell/first-run.ts'
import { text } from '../../text/text.ts'
import { ChooseApp } from './choose-app.tsx'
import { FindUpstream } from './find-upstream.tsx'
import { HandOver } from './hand-over.tsx'
import type { Handover } from './handover.ts'
import { Progress } from './progress.tsx'

/** With an app already chosen: where a `latchkey://connect/<recipe>` link leads. */
export const CONNECT_RECIPE_PATH = '/connect/:recipe'

export function ConnectPage() {
  const [, route] = useRoute(CONNECT_RECIPE_PATH)
  const firstRun = useFirstRunState()
  const upstream = useAppState().data?.upstream
  const [, navigate] = useLocation()
  const [found, setFound] = useState(!firstRun.active && upstream !== undefined && isOfUse(upstream))
  const [handover, setHandover] = useState<Handover | null>(null)
  const [connected, setConnected] = useState(false)
  const step = connected ? 4 : handover !== null ? 3 : found ? 2 : 1

  const top = useRef<HTMLDivElement>(null)
  const shown = useRef(step)
  // Each step begins at its top, wherever the button of the one before stood.
  useEffect(() => {
    if (shown.current === step) return
    shown.current = step
    window.scrollTo(0, 0)
    // That button is gone, and the focus with it.
    if (document.activeElement === document.body) top.current?.focus({ preventScroll: true })
  }, [step])

  function leave() {
    firstRun.end()
    navigate('/')
  }

  function startOver() {
    setHandover(null)
    setConnected(false)
  }

  return (
    <Box maw="52rem" mx={firstRun.active ? 'auto' : 0} ref={top} tabIndex={-1} style={{ outline: 'none' }}>
      <PageHeader
        title={firstRun.active ? text.connect.welcome : text.connect.title}
        withLogo={firstRun.active}
        intro={firstRun.active ? text.connect.welcomeText : text.connect.titleText}
      />
      <Progress step={step} />
      {step === 1 && <FindUpstream onFound={() => setFound(true)} />}
      {step === 2 && (
        <ChooseApp asked={knownRecipe(route?.recipe)} onBack={() => setFound(false)} onMade={setHandover} />
      )}
      {handover !== null && (
        <HandOver
          key={handover.issued.id}
          handover={handover}
          onConnected={() => setConnected(true)}
          onAnother={startOver}
          onLeave={leave}
        />
      )}
      {firstRun.active && step < 3 && (
        <Group justify="center" mt="xl">
          <Button variant="subtle" c="var(--lk-good)" onClick={leave}>
            {text.connect.later}
          </Button>
        </Group>
      )}
    </Box>
  )
}

/** An address can be typed, or come from a link, and name anything. */
function knownRecipe(name: string | undefined): RecipeId | null {
  return name !== undefined && Object.hasOwn(RECIPES, name) ? (name as RecipeId) : null
}
