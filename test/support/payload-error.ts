/** The message of the Management API for a payload with a problem, such as `No enum match for: tv on property app_type`. */
export function payloadError(problem: string): string {
  const [what, where] = problem.split(' on property ');
  return `Payload validation error: '${what}'${where === undefined ? '' : ` on property ${where}`}.`;
}
