import { z } from 'zod'

// zod tries eval when it makes its first schema, and the content security policy forbids eval. Schemas are made while
// modules load, so this module is imported before all others.
z.config({ jitless: true })
