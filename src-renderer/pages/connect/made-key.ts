import type { IssuedKey } from '#shared/keys/key.ts'
import type { RecipeId } from '../../recipes/recipes.ts'

/** A key just made, for one app. Lives only in the page: leaving it forgets the secret. */
export interface MadeKey {
  recipe: RecipeId
  issued: IssuedKey
}
