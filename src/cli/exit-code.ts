import type { ErrorCode } from '../errors.ts';

/** Tells a script differences from none, and from a failure. */
export const differencesExitCode = 10;

/** The table of exit codes. `anon-cli --help` and docs/reference.md show it. */
export const exitCodes = [
  { code: 0, meaning: 'done', errors: [] },
  {
    code: 1,
    meaning: 'failed',
    errors: ['failed', 'not_found', 'rate_limited', 'response_invalid', 'state_unusable'],
  },
  { code: 2, meaning: 'usage error: wrong command line', errors: ['usage', 'ambiguous'] },
  { code: 3, meaning: 'token not acceptable', errors: ['token_unacceptable'] },
  { code: 4, meaning: 'not authorised', errors: ['not_authorised'] },
  {
    code: 5,
    meaning: 'refused by a closed gate or a policy, or the guest did not come along',
    errors: ['gate_closed', 'guest_not_carried', 'policy_violated'],
  },
  // Both say nothing about the request, and a script does the same about both: it tries again later.
  { code: 6, meaning: 'tenant unreachable, or it fails (5xx)', errors: ['tenant_unreachable', 'server_error'] },
  { code: 7, meaning: "not supported by the tenant's edition", errors: ['edition_unsupported'] },
  { code: 8, meaning: 'change sent, but the tenant reports a different state', errors: ['not_applied'] },
  { code: differencesExitCode, meaning: 'config drift, or --exit-code: there are differences', errors: [] },
  { code: 126, meaning: 'local exec: the command cannot be run', errors: ['command_not_runnable'] },
  { code: 127, meaning: 'local exec: command not found', errors: ['command_not_found'] },
  { code: 130, meaning: 'interrupted', errors: ['interrupted'] },
] as const satisfies readonly { code: number; meaning: string; errors: readonly ErrorCode[] }[];

export function exitCodeOf(error: ErrorCode): number {
  return exitCodes.find(({ errors }) => (errors as readonly ErrorCode[]).includes(error))?.code ?? 1;
}
