/** Everything below it belongs to this project, for tests: the service has nothing there. */
export const controlRoot = '/_anon/';
/** The tenant's clock. */
export const clockPath = '/_anon/clock';
/** The tenant's faults. */
export const faultsPath = '/_anon/faults';
/** How often its endpoints may be called. */
export const limitsPath = '/_anon/limits';
/** The tenant's keys. */
export const keysPath = '/_anon/keys';
/** The database of a tenant in memory, for other processes of its user. */
export const statePath = '/_anon/state';
/** In bytes: an import replaces a whole state in one request. */
export const longestStateRequest = 64_000_000;
/** The requests that a served tenant has recorded. */
export const requestsPath = '/_anon/requests';
