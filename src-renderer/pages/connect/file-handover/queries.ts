import { useQuery } from '@tanstack/react-query'
import type { HandoverAppId } from '#shared/handover/apps.ts'
import { call } from '../../../api/client.ts'

/** The state of the hand-over to an app. */
export const useHandover = (app: HandoverAppId) =>
  useQuery({
    queryKey: ['handover', 'state', app],
    queryFn: async () => {
      const found = (await call('GET /api/handover', {})).find((one) => one.app === app)
      if (found === undefined) throw new Error(`the core does not know ${app}`)
      return found
    },
  })

/** The planned changes. If no models are chosen, the plan uses the upstream’s. */
export const useHandoverPlan = (app: HandoverAppId, model: string | undefined) =>
  useQuery({
    queryKey: ['handover', 'plan', app, model],
    queryFn: () => call('POST /api/handover/plan', { app, ...modelsOf(model) }),
    placeholderData: (before) => before,
  })

/** The chosen model as the API takes it. */
export function modelsOf(model: string | undefined): { models?: string[] } {
  return model === undefined ? {} : { models: [model] }
}
