import type { Refusal } from '#shared/gateway/decisions.ts'
import { openRouterBodySchema } from '#shared/own-routes/pairing-wire.ts'
import type { AppAnswer, AppRequest } from '../ports.ts'
import type { CodeAsk, CodeGrant } from './code-grant.ts'
import type { Form } from './form.ts'
import { jsonAnswer } from './oauth-answer.ts'

/** OpenRouter has no client ids. */
const CLIENT_ID = 'openrouter'

/**
 * Converts the query of OpenRouter's `/auth` to the standard's parameters
 * (https://openrouter.ai/docs/use-cases/oauth-pkce).
 */
export function openRouterAsk(query: Form): CodeAsk {
  return {
    redirectUri: query.get('callback_url'),
    responseType: 'code',
    clientId: CLIENT_ID,
    claim: '',
    state: undefined,
    challenge: query.get('code_challenge'),
    challengeMethod: query.get('code_challenge_method'),
  }
}

/** OpenRouter's `POST /api/v1/auth/keys`: JSON in, `{key}` out, with OpenRouter's statuses 400 and 403. */
export function openRouterKey(request: AppRequest, grant: CodeGrant): Promise<AppAnswer | Refusal> | AppAnswer {
  const body = openRouterBodySchema.safeParse(parsed(request.body))
  if (!body.success) {
    const message = 'The body must be JSON with code, code_verifier and the code_challenge_method S256.'
    return jsonAnswer(400, { error: { code: 400, message } })
  }
  const { code, code_verifier: verifier } = body.data
  return grant.token(request, { code, verifier, clientId: CLIENT_ID, redirectUri: undefined }, forbidden, (key) => ({
    key: key.secret,
  }))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function forbidden(): AppAnswer {
  const message = 'This code is not valid, was used before, or belongs to another app.'
  return jsonAnswer(403, { error: { code: 403, message } })
}
