import { carriers, parseCarrier } from '../../../domain/rehearsal/carrier.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';

export const rehearseOptions = {
  '--user <user>': {
    description: 'the user who logs in: e-mail address or id',
    required: true,
    values: { live: 'user' },
  },
  '--new-user': 'the user signs up first, with a password that is discarded',
  '--session <session>': 'carry this session, not the current one',
  '--session-token <->': "carry a session that is not saved: '-' reads its token from stdin, '@<file>' from a file",
  '--via <carrier>': {
    description: `how the guest comes along: ${carriers.join(', ')} (default: ticket; in edition preview, query)`,
    values: carriers,
    parse: parseCarrier,
  },
  '--action <file>': {
    description: "run this post-login Action in place of the tenant's own",
    values: { file: true },
  },
  '--app <app>': "the application: name or client id (default: the session's, or the profile's)",
  '--api <api>': "the API: name, audience or id (default: the session's)",
} as const;

export type RehearseOptions = GlobalOptions & OptionValues<typeof rehearseOptions>;
