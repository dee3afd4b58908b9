import type { Key } from '#shared/key.ts'
import type { Step } from './step.ts'

/** Scope, endpoints and origin. The model is judged by the next step, because it stands in the body. */
export const authorise: Step = ({ key, route, path, origin }, { access }) =>
  access.authorise(key as Key, { route, path, origin }) ?? undefined
