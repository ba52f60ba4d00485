/** Where the issuer is, below the gateway's origin. */
export const signInPath = '/local/sign-in';

/** The grant by which terminals sign in without a browser: `user=<name>`, and `groups` separated by commas. */
export const signInAsGrant = 'urn:parley:local:sign-in-as';

/** The client that is always known: for pages of local running, the terminal and curl. */
export const localClientId = 'local';
