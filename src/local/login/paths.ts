/** The pages of a login, as on the service. */
export const loginPath = '/u/login';
export const signUpPath = '/u/signup';
/** Where the page that asks before a logout sends its answer. */
export const logoutConfirmationPath = '/u/logout';
