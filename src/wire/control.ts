/** Everything below it belongs to this project, for tests: the service has nothing there. */
export const controlRoot = '/_anon/';
/** The tenant's clock. */
export const clockPath = '/_anon/clock';
/** The tenant's keys. */
export const keysPath = '/_anon/keys';
/** The requests that a served tenant has recorded. */
export const requestsPath = '/_anon/requests';
