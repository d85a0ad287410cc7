import { AnonError } from '../../../errors.ts';
import type { EditionName } from '../../../wire/edition/edition.ts';
import type { CarriedKind, TenantExport } from '../../../wire/tenant-export.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { requestedEdition } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

/** How many documents of each kind a state has, for `--json`. */
export function countsOf({ documents }: TenantExport): Readonly<Record<CarriedKind, number>> {
  const counts = Object.entries(documents).map(([kind, list]) => [kind, list.length]);
  return Object.fromEntries(counts) as Record<CarriedKind, number>;
}

/** The same for people, without what every tenant has: `1 application, 1 API, 0 grants`. */
export function countsText({ documents }: TenantExport): string {
  const { client, resource_server: servers, client_grant: grants, client_credential: keys, user, action } = documents;
  const own = (list: TenantExport['documents'][CarriedKind]) =>
    list.filter(({ document }) => document.global !== true && document.is_system !== true).length;
  return [
    counted(own(client), 'application'),
    counted(own(servers), 'API'),
    counted(own(grants), 'grant'),
    ...(keys.length > 0 ? [counted(keys.length, 'application key')] : []),
    ...(user.length > 0 ? [counted(user.length, 'user')] : []),
    ...(action.length > 0 ? [counted(action.length, 'Action')] : []),
  ].join(', ');
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A carried tenant has an edition of its own. @throws {AnonError} `edition_unsupported` where the line asks for another */
export function refuseOtherEdition(
  context: Context,
  options: GlobalOptions,
  edition: EditionName,
  subject: string,
): void {
  const requested = requestedEdition(context, options);
  if (requested === undefined || requested === edition) return;
  throw new AnonError('edition_unsupported', `${subject} uses edition ${edition}, not ${requested}.`, {
    hint: 'It keeps its edition: leave --edition and ANON_EDITION out.',
  });
}
