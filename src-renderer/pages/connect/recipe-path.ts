/** The target of `latchkey://connect/<recipe>` links. The app is already chosen. */
export const CONNECT_RECIPE_PATH = '/connect/:recipe'
