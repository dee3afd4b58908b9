import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { getFromDebian } from '../../build/scripts/programs/single-program.ts'
import { SHARED_METRICS } from '../../src-main/observability/shared-figures.ts'
import { CHAT } from '../support/chats.ts'
import { complaintOf, PACKAGING, readPackaged } from '../support/deployed.ts'
import { startServe } from '../support/serve.ts'

const rulesSchema = z.object({ groups: z.array(z.object({ rules: z.array(z.looseObject({ expr: z.string() })) })) })
const panelSchema = z.looseObject({
  id: z.number(),
  title: z.string(),
  targets: z.array(z.looseObject({ expr: z.string() })).default([]),
})
const dashboardSchema = z.looseObject({ uid: z.string(), panels: z.array(panelSchema) })

const rules = rulesSchema
  .parse(parse(readPackaged('monitoring/latchkey.rules.yml')))
  .groups.flatMap(({ rules }) => rules)
const { panels } = dashboardSchema.parse(JSON.parse(readPackaged('monitoring/grafana-dashboard.json')))
const questions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

/** The metrics of an expression. `up` is Prometheus's own. */
function metricsIn(expressions: readonly string[]): string[] {
  const names = expressions.flatMap((one) => one.match(/\b(?:latchkey|nodejs|process)_\w+/g) ?? [])
  return [...new Set(names)].sort()
}

/** The labels by which an expression groups or selects. */
function labelsIn(expression: string): string[] {
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */))
  const selected = [...expression.matchAll(/[{,] *(\w+)(?:=~?|!=)/g)].map(([, name = '']) => name)
  return [...grouped, ...selected].filter((name) => name !== 'job' && name !== 'instance')
}

const promtool = getFromDebian('promtool', 'prometheus')
const WITHOUT_PROMTOOL = 'promtool is not on this computer, nor can it be had from Debian'

describe('the rules and the dashboard', () => {
  test('ask only for metrics and labels that a running gateway has', async () => {
    const serve = await startServe()
    try {
      const { secret } = await serve.createKey({ scopes: ['chat', 'usage'] })
      const headers = { 'x-api-key': secret }
      await (await fetch(`${serve.gateway}/api/chat`, { method: 'POST', headers, body: CHAT })).text()
      // The only answer without counts of the sample's.
      await (await fetch(`${serve.gateway}/api/embeddings`, { method: 'POST', headers, body: CHAT })).text()
      const text = await (await fetch(`${serve.gateway}/metrics`, { headers })).text()
      const offered = new Set(Array.from(text.matchAll(/^(?:# TYPE )?(\w+)/gm), ([, name]) => String(name)))
      const known = [...offered, ...Object.keys(SHARED_METRICS)]
      expect(
        metricsIn([...rules.map(({ expr }) => expr), ...questions]).filter((name) => !known.includes(name)),
      ).toEqual([])
      const labels = new Set(Array.from(text.matchAll(/[{,](\w+)="/g), ([, name]) => String(name)))
      const asked = [...rules.map(({ expr }) => expr), ...questions].flatMap(labelsIn)
      expect(asked.filter((name) => !labels.has(name))).toEqual([])
    } finally {
      await serve.stop()
    }
  })

  test('show every metric of the shared database', () => {
    expect(Object.keys(SHARED_METRICS).filter((name) => !metricsIn(questions).includes(name))).toEqual([])
  })

  test('are told apart by ids and titles', () => {
    for (const field of ['id', 'title'] as const)
      expect(new Set(panels.map((one) => one[field])).size).toBe(panels.length)
  })

  test('are taken by Prometheus, and alert when they should', async (context) => {
    if (promtool === undefined) return context.skip(WITHOUT_PROMTOOL)
    const folder = `${PACKAGING}monitoring`
    expect(complaintOf(promtool, ['check', 'rules', 'latchkey.rules.yml'], folder)).toBeUndefined()
    expect(complaintOf(promtool, ['test', 'rules', 'latchkey.rules.test.yml'], folder)).toBeUndefined()
    expect(
      complaintOf(promtool, ['check', 'config', '--syntax-only', 'prometheus.example.yml'], folder),
    ).toBeUndefined()
  })
})
