const anyRest = '*';

/** Whether a fault's or a limit's route is for a path. */
export function routeMatches(route: string, path: string): boolean {
  if (route.endsWith(anyRest)) return beginsLike(route.slice(0, -1), path);
  return isLike(route, path);
}

/** Whether a route is for any of the tenant's endpoints. `paths`: theirs, with `:name` for a part that varies. */
export function isKnownRoute(route: string, paths: readonly string[]): boolean {
  return paths.some((path) => routeMatches(route, path));
}

function isLike(route: string, path: string): boolean {
  const [wanted, given] = [route.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, index) => isSamePart(part, given[index] ?? ''));
}

/** The last part may be cut off anywhere. */
function beginsLike(beginning: string, path: string): boolean {
  const [wanted, given] = [beginning.split('/'), path.split('/')];
  const last = wanted.pop() ?? '';
  if (given.length <= wanted.length) return false;
  const next = given[wanted.length] ?? '';
  return wanted.every((part, index) => isSamePart(part, given[index] ?? '')) && (next.startsWith(last) || varies(next));
}

function isSamePart(wanted: string, given: string): boolean {
  return wanted === given || (varies(wanted) && given !== '') || (varies(given) && wanted !== '');
}

function varies(part: string): boolean {
  return part.startsWith(':');
}
