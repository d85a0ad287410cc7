import { findByReference } from '../../../../domain/find-by-reference.ts';
import { AnonError } from '../../../../errors.ts';
import type { LocalKeyControl } from '../../../../io/embedded/local-keys.ts';
import { type KeyUse, keyUses } from '../../../../wire/tenant-keys.ts';
import { requireConfirmation } from '../../../input/confirmation.ts';
import type { GlobalOptions } from '../../../options/global.ts';
import { printResult } from '../../../output/output.ts';
import { keyEnd, renderKeys } from '../../../render/key.ts';
import { printable } from '../../../render/printable.ts';
import { refuseOtherTenants } from '../../../tenant/local-access.ts';
import { removeLostSessions } from '../../../tenant/local-profile.ts';
import type { Context } from '../../../world/context.ts';
import { defineCommand } from '../../define-command.ts';

export const localKeyListCommand = defineCommand({
  description: 'list the keys of the local tenant whose tokens it accepts',
  calls: 'nothing',
  result: 'list',
  examples: ['local key list'],
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const keys = await (await localKeys(context, options)).list();
    printResult(context, options, {
      data: keys.map((key) => ({ ...key })),
      human: (paint) => renderKeys(paint, keys),
    });
  },
});

export const localKeyRotateCommand = defineCommand({
  description: 'give the local tenant a new key; tokens made with the old one stay valid',
  args: { '[use]': { description: 'signing (default), or session', values: keyUses } },
  calls: 'nothing',
  examples: ['local key rotate', 'local key rotate session'],
  notes:
    'The signing key signs access tokens, ID tokens and session tokens in the format jwt. Its public key stays in the JWKS until the ' +
    "last of these has ended by the tenant's clock. The session key encrypts session tokens; the old one opens its tokens until it is revoked.",
  more: 'docs/local-tenant.md',
  async run(context, { use: given }, options) {
    const use = parseUse(given);
    const keys = (await (await localKeys(context, options)).rotate(use)).filter((key) => key.use === use);
    const [current, previous] = keys;
    if (!current || !previous) throw new Error('a rotation leaves two keys');
    printResult(context, options, {
      data: { ...current, previous: { ...previous } },
      human: (paint) =>
        `${paint.green('✔')} Created ${use} key ${printable(current.kid)}\n` +
        `  The previous one, ${printable(previous.kid)}, ${keyEnd(previous)}.\n` +
        `${paint.dim(`To refuse its tokens now: anon-cli local key revoke ${previous.kid}`)}\n`,
    });
  },
});

export const localKeyRevokeCommand = defineCommand({
  description: 'remove a previous key of the local tenant, which refuses its tokens from then on',
  args: { '<kid>': 'the key, as local key list shows it' },
  // A kid is base64url, so that one in 64 begins so.
  dashed: /^-[\w-]{20,}$/,
  options: { '-y, --yes': "don't ask for confirmation" },
  calls: 'nothing',
  examples: ['local key revoke 5KkVbq0X3nq2Zb1o4n6v8w --yes'],
  notes: 'The current key can only be revoked after a rotation, because a tenant cannot be without it.',
  more: 'docs/local-tenant.md',
  async run(context, { kid: reference }, options) {
    const keys = await localKeys(context, options);
    const key = findByReference(await keys.list(), reference, ({ kid }) => ({ name: kid, ids: [kid] }), {
      noun: 'key',
      listCommand: 'anon-cli local key list',
    });
    if (key.state === 'current') throw current(key.use);
    await requireConfirmation(context, options, {
      fact: `The tokens that were made with ${key.use} key ${printable(key.kid)} will be refused`,
      question: 'Revoke it?',
    });
    if ((await keys.revoke(key.kid)) === 'current') throw current(key.use);
    await removeLostSessions(context, await (await context.local()).export(undefined));
    printResult(context, options, {
      data: { kid: key.kid, use: key.use, revoked: true },
      human: (paint) => `${paint.green('✔')} Removed ${key.use} key ${printable(key.kid)}: its tokens are refused\n`,
    });
  },
});

/** The keys of the local tenant. @throws {AnonError} `edition_unsupported` where `--profile` names another */
async function localKeys(context: Context, options: GlobalOptions): Promise<LocalKeyControl> {
  await refuseOtherTenants(context, options);
  return (await context.local()).keys;
}

/** @throws {AnonError} `usage` */
function parseUse(text: string | undefined): KeyUse {
  const use = keyUses.find((known) => known === (text ?? keyUses[0]));
  if (use) return use;
  throw new AnonError('usage', `'${text?.slice(0, 40)}' is not a kind of key.`, {
    hint: `Kinds: ${keyUses.join(', ')}`,
  });
}

function current(use: KeyUse): AnonError {
  return new AnonError('usage', `This is the current ${use} key, which the tenant needs.`, {
    hint: `Rotate it first: anon-cli local key rotate ${use}`,
  });
}
