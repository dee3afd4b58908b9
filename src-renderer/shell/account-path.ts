/** The page about oneself. Operators, who have many pages, have a button for it beside the navigation. */
export const ACCOUNT_PATH = '/account'
