import type { AppAnswer, AppRequest } from '../ports.ts'
import { addressOf, issuerOf } from './addresses.ts'
import { DEVICE_GRANT } from './device-grant.ts'
import { jsonAnswer } from './oauth-answer.ts'

const SCOPES = ['chat', 'models', 'all']

/** Authorization server metadata: RFC 8414 section 2, RFC 8628 section 4, RFC 9207 section 3. */
export function metadata(request: AppRequest): AppAnswer {
  return jsonAnswer(200, {
    issuer: issuerOf(request),
    authorization_endpoint: addressOf(request, 'authorize'),
    device_authorization_endpoint: addressOf(request, 'device'),
    token_endpoint: addressOf(request, 'token'),
    token_endpoint_auth_methods_supported: ['none'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', DEVICE_GRANT],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: SCOPES,
  })
}

/** The information for a program before it asks. The version is for this computer only: it tells what can be attacked. */
export function about(request: AppRequest, version: string, isOn: boolean): AppAnswer {
  return jsonAnswer(200, {
    name: 'Latchkey',
    ...(request.device === null ? { version } : {}),
    address: issuerOf(request),
    pairing: isOn
      ? {
          metadata: addressOf(request, 'metadata'),
          device_authorization: addressOf(request, 'device'),
          authorize: addressOf(request, 'authorize'),
          token: addressOf(request, 'token'),
          openrouter: {
            authorize: addressOf(request, 'openrouter-authorize'),
            keys: addressOf(request, 'openrouter-keys'),
          },
        }
      : null,
  })
}

/** The OpenAPI document of Latchkey's own routes. Loaded when asked for: its schemas would make every start slower. */
export async function openApi(request: AppRequest, version: string): Promise<AppAnswer> {
  const { openApiDocument } = await import('../openapi/openapi-document.ts')
  return jsonAnswer(200, openApiDocument({ version, address: issuerOf(request) }))
}
