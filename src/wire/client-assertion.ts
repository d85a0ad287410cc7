// Separate from the schemas, so that code that only names an algorithm doesn't load valibot.

/** The `client_assertion_type` of a JWT that a client signed with its own key. @see RFC 7523, section 2.2 */
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The algorithms that a client may sign its assertions with. Assumed: ES256; the published list ends at PS256. */
export const assertionAlgorithms = ['RS256', 'RS384', 'PS256', 'ES256'] as const;
export type AssertionAlgorithm = (typeof assertionAlgorithms)[number];
