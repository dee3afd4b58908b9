const ROOMS =
  '^src-main/(gateway|upstreams|access|people|pairing|usage|store|console-api|console-server|listeners|settings|observability|control|sample|handover)/'
const PACKAGES = '(^|/)node_modules/'

/** Who may import whom (docs/architecture.md). `test/unit/structure/imports.test.ts` proves that each rule finds violations. */
export default {
  forbidden: [
    {
      name: 'base-knows-only-node',
      severity: 'error',
      comment:
        'base/ knows nothing of Latchkey. Only host.ts, the interface between core and shell, uses types of src-shared.',
      from: { path: '^src-main/base/', pathNot: '^src-main/base/host[.]ts$' },
      to: { pathNot: '^src-main/base/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'host-knows-only-words',
      severity: 'error',
      from: { path: '^src-main/base/host[.]ts$' },
      to: { pathNot: '^(src-main/base|src-shared)/' },
    },
    {
      name: 'rooms-do-not-import-one-another',
      severity: 'error',
      comment: 'A room declares what it needs in its ports.ts; src-main/app joins them.',
      from: { path: ROOMS, pathNot: '^src-main/console-server/' },
      to: { path: ROOMS, pathNot: '^src-main/$1/' },
    },
    {
      name: 'console-server-knows-only-the-console',
      severity: 'error',
      comment: 'It is the door of the console-api, whose errors, inputs and callers it uses.',
      from: { path: '^src-main/console-server/' },
      to: { path: ROOMS, pathNot: '^src-main/(console-server/|console-api/|control/web-listener[.]ts$)' },
    },
    {
      name: 'http-client-only-behind-its-seam',
      severity: 'error',
      comment: 'The data path knows its HTTP client only by gateway/transport.ts; src-main/app chooses one.',
      from: { path: '^src-main/gateway/', pathNot: '^src-main/gateway/http1/' },
      to: { path: '^src-main/gateway/http1/' },
    },
    {
      name: 'http-client-knows-only-the-seam',
      severity: 'error',
      from: { path: '^src-main/gateway/http1/' },
      to: { pathNot: '^src-main/gateway/(http1/|transport[.]ts$)', dependencyTypesNot: ['core'] },
    },
    {
      name: 'rooms-do-not-import-app-or-shells',
      severity: 'error',
      from: { path: ROOMS },
      to: { path: '^src-main/(app|headless|desktop)/' },
    },
    {
      name: 'app-does-not-import-shells',
      severity: 'error',
      from: { path: '^src-main/app/' },
      to: { path: '^src-main/(headless|desktop)/' },
    },
    {
      name: 'shells-do-not-import-one-another',
      severity: 'error',
      from: { path: '^src-main/(headless|desktop)/' },
      to: { path: '^src-main/(headless|desktop)/', pathNot: '^src-main/$1/' },
    },
    {
      name: 'shared-is-pure',
      severity: 'error',
      comment: 'No Node, no DOM, no Electron: src-shared runs in every process.',
      from: { path: '^src-shared/' },
      to: { pathNot: ['^src-shared/', `${PACKAGES}zod/`] },
    },
    {
      name: 'renderer-knows-only-shared',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: '^(src-main|build|bench)/' },
    },
    {
      name: 'renderer-uses-no-node',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-only-in-desktop',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/desktop/' },
      to: { path: `${PACKAGES}(electron|electron-store|@electron/[^/]+)/` },
    },
    {
      name: 'database-only-in-store',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/store/' },
      to: { path: `${PACKAGES}(@types/)?better-sqlite3/` },
    },
    {
      name: 'shared-database-only-in-its-store',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/store/postgres/' },
      to: { path: `${PACKAGES}(@types/)?pg/` },
    },
    {
      name: 'product-does-not-import-tests-or-tools',
      severity: 'error',
      from: { path: '^src-' },
      to: { path: '^(test|build|bench)/' },
    },
    {
      name: 'product-uses-only-dependencies',
      severity: 'error',
      comment:
        'A bundled library belongs under "dependencies", so that `npm audit --omit=dev` covers it. Electron is packed by ' +
        'electron-builder, which refuses it there.',
      from: { path: '^src-' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: `${PACKAGES}electron/` },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { path: '^src-', orphan: true, pathNot: '\\.d\\.ts$' },
      to: {},
    },
    { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // With TypeScript 7 alone, dependency-cruiser finds no parser, and silently reads no file.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Files in dist/ exist only after a build, and tests load them by URL.
    exclude: { path: '^(dist|release)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
