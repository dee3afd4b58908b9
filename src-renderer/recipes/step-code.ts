import type { Given, Step } from './step.ts'

export type Shell = 'posix' | 'powershell'

/** The text of a step that is copied as a whole: a file, variables, a command or a program. null for other steps. */
export function codeOf(step: Step, given: Given, shell: Shell): string | null {
  switch (step.do) {
    case 'file':
    case 'program':
      return step.text(given)
    case 'run':
      return step.command(given)
    case 'variables':
      return Object.entries(step.variables(given))
        .map(([name, value]) => assignment(name, value, shell))
        .join('\n')
    default:
      return null
  }
}

function assignment(name: string, value: string, shell: Shell): string {
  // PowerShell and POSIX shells agree on single quotes, but not on how to write one inside.
  if (shell === 'powershell') return `$env:${name} = '${value.replaceAll("'", "''")}'`
  const isPlain = /^[\w@%+=:,./-]+$/.test(value)
  return `export ${name}=${isPlain ? value : `'${value.replaceAll("'", `'\\''`)}'`}`
}
