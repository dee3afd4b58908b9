import { z } from 'zod'

// The console's policy forbids eval, which zod would otherwise try when the first schema is made, and so break the policy
// at every start. Schemas are made while modules load: this one is imported before all others.
z.config({ jitless: true })
