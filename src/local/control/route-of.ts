import type { RouteOf } from './requests.ts';

interface Route {
  readonly method: string;
  readonly path: string;
}

/**
 * Finds the endpoint of a request among the routes, as `/api/v2/clients/{id}`: one without a part that varies first. A HEAD request
 * is for the endpoint of GET, and one with a method that an endpoint lacks is still for it.
 */
export function routeFinder(routes: readonly Route[]): RouteOf {
  const endpoints = [...new Set(routes.filter(({ path }) => !path.includes('*')).map(({ path }) => path))]
    .sort((one, other) => Number(one.includes(':')) - Number(other.includes(':')))
    .map((path) => ({ name: path.replaceAll(/:(\w+)/g, '{$1}'), parts: path.split('/') }));
  return ({ path }) => {
    const parts = path.split('/');
    return endpoints.find((endpoint) => fits(endpoint.parts, parts))?.name;
  };
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.length !== parts.length) return false;
  return pattern.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]));
}
