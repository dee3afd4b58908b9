import '@mantine/core/styles.css'
import './theme/global.css'
import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import { openSession } from './api/session.ts'
import { App } from './app.tsx'
import { locale } from './text/text.ts'
import { paintColorScheme } from './theme/color-scheme.ts'

// The console's policy forbids eval, which zod would otherwise try, and so report a violation at every start.
z.config({ jitless: true })
paintColorScheme()
document.documentElement.lang = locale
await openSession()

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(<App />)
