import { showTokens } from '../../../domain/session/received-tokens.ts';
import { updateSaved } from '../../../domain/session/update.ts';
import { saveOptions, sessionPorts, sessionTarget } from '../../input/session-options.ts';
import { accessOptions, readRequestInput, requestOptions } from '../../input/token-request.ts';
import { printResult } from '../../output/output.ts';
import { renderTokens, tokensData } from '../../render/guest-tokens.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import { defineCommand } from '../define-command.ts';

export const tokenRenewCommand = defineCommand({
  description: 'get a new access token for the same guest',
  options: {
    ...accessOptions,
    '--strict': 'exit with 3 if the access token is not as requested',
    ...saveOptions,
  },
  calls: 'tenant',
  result: 'access token',
  examples: ['token renew'],
  notes:
    'Metadata is unchanged. In edition preview the session token is renewed too, with a full lifetime; in edition ea the end of the session is unchanged.',
  async run(context, _args, options) {
    const input = await readRequestInput(context, options);
    const { tenant, profile } = await accessTenant(context, options);
    const ports = await sessionPorts(context, { tenant, profile });
    const target = await sessionTarget(context, ports, options);
    const outcome = await updateSaved(ports, tenant, target, requestOptions(options, input));
    await showTokens(context, { tenant, strict: options.strict }, outcome, (decoded) =>
      printResult(context, options, {
        data: { ...tokensData(decoded), session_name: target.name },
        human: (paint) =>
          `${paint.green('✔')} Session ${printable(target.name)} renewed: a new access token for the same guest\n\n${renderTokens(paint, decoded)}`,
      }),
    );
  },
});
