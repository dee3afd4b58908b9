import type { RouteClass } from '#shared/gateway/routes.ts'
import type { Scope } from '#shared/keys/scopes.ts'

/** The narrowest scope that covers a route of this class; `all` where no other does. */
export function missingScope(routeClass: RouteClass | undefined): Scope {
  return routeClass === 'chat' || routeClass === 'models' || routeClass === 'manage' ? routeClass : 'all'
}
