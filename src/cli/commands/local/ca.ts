import { printResult } from '../../output/output.ts';
import { defineCommand } from '../define-command.ts';

export const localCaCommand = defineCommand({
  description: "print the file of the local tenant's certificate authority, which clients must trust",
  calls: 'nothing',
  examples: ['local ca', 'local ca --json'],
  notes: `Creates the authority at first use. To use it once: curl --cacert "$(anon-cli local ca)" …, or \
NODE_EXTRA_CA_CERTS="$(anon-cli local ca)" node …. To make browsers trust it: anon-cli local trust`,
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const { path, fingerprint, notAfter, names } = await (await context.certificates()).authority();
    printResult(context, options, {
      data: { path, fingerprint, not_after: notAfter.toISOString(), names },
      human: () => `${path}\n`,
      // Scripts use the path, which must not be wrapped.
      verbatim: true,
    });
  },
});
