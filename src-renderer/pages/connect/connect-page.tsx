import { Box, Button, Group } from '@mantine/core'
import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import { isOfUse } from '#shared/console-api/state.ts'
import { useAppState, useIsOperator } from '../../api/queries.ts'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { isRecipeId, type RecipeId } from '../../recipes/recipes.ts'
import { useFirstRunState } from '../../shell/first-run.ts'
import { text } from '../../text/text.ts'
import { ChooseApp } from './choose-app.tsx'
import { FindUpstream } from './find-upstream.tsx'
import { HandOver } from './hand-over.tsx'
import type { MadeKey } from './made-key.ts'
import { Progress } from './progress.tsx'
import { CONNECT_RECIPE_PATH } from './recipe-path.ts'

// The settings' parts are not needed for the first paint.
const AppsMayAskCard = lazy(async () => ({
  default: (await import('../../parts/settings/apps-may-ask-card.tsx')).AppsMayAskCard,
}))

export function ConnectPage() {
  const [, route] = useRoute(CONNECT_RECIPE_PATH)
  const firstRun = useFirstRunState()
  const isOperator = useIsOperator()
  const upstream = useAppState().data?.upstream
  const [, navigate] = useLocation()
  const [found, setFound] = useState(!firstRun.active && upstream !== undefined && isOfUse(upstream))
  const [made, setMade] = useState<MadeKey | null>(null)
  const [connected, setConnected] = useState(false)
  const step = connected ? 4 : made !== null ? 3 : found ? 2 : 1
  const top = useTopOfStep(step)

  function leave() {
    firstRun.end()
    navigate('/')
  }

  return (
    <Box maw="52rem" mx={firstRun.active ? 'auto' : 0} ref={top} tabIndex={-1} style={{ outline: 'none' }}>
      <Heading isWelcome={firstRun.active} />
      <Progress step={step} />
      {step === 1 && <FindUpstream onFound={() => setFound(true)} />}
      {step === 2 && <ChooseApp asked={knownRecipe(route?.recipe)} onBack={() => setFound(false)} onMade={setMade} />}
      {made !== null && (
        <HandOver
          key={made.issued.id}
          made={made}
          onConnected={() => setConnected(true)}
          onAnother={() => {
            setMade(null)
            setConnected(false)
          }}
          onLeave={leave}
        />
      )}
      {step < 3 && isOperator && (
        <Box mt="xl">
          <Suspense>
            <AppsMayAskCard />
          </Suspense>
        </Box>
      )}
      {firstRun.active && step < 3 && <Later onLeave={leave} />}
    </Box>
  )
}

/** Starts each step at the top of the page, because the button of the step before can be far down. */
function useTopOfStep(step: number): RefObject<HTMLDivElement | null> {
  const top = useRef<HTMLDivElement>(null)
  const shown = useRef(step)
  useEffect(() => {
    if (shown.current === step) return
    shown.current = step
    window.scrollTo(0, 0)
    // The focus is lost with that button.
    if (document.activeElement === document.body) top.current?.focus({ preventScroll: true })
  }, [step])
  return top
}

function Heading({ isWelcome }: { isWelcome: boolean }) {
  const { welcome, welcomeText, title, titleText } = text.connect
  // The others may sit at another computer than the one with the AI.
  const intro = useIsOperator() && isWelcome ? welcomeText : titleText
  return <PageHeader title={isWelcome ? welcome : title} withLogo={isWelcome} intro={intro} />
}

function Later({ onLeave }: { onLeave: () => void }) {
  return (
    <Group justify="center" mt="xl">
      <Button variant="subtle" c="var(--lk-good)" onClick={onLeave}>
        {text.connect.later}
      </Button>
    </Group>
  )
}

/** null for an unknown name: a person can type any address, and a link can contain any. */
function knownRecipe(name: string | undefined): RecipeId | null {
  return name !== undefined && isRecipeId(name) ? name : null
}
