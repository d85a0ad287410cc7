import type { JsonObject } from '../../../wire/schema.ts';
import { renderYaml } from '../render-config.ts';
import { type Convert, headOf, isClientId } from './converted.ts';
import { type GuestObjects, guestObjects, LeftOut } from './guest-objects.ts';

const prose = [
  'Guest access for auth0-deploy-cli, from anon-cli config convert.',
  'It has only the settings of guests. Import it with AUTH0_INCLUDED_ONLY=["tenant","clients","resourceServers","clientGrants"]',
  'and never with AUTH0_ALLOW_DELETE, which deletes whatever is not in it. Applications and APIs that do not exist are created.',
  'The tool requires a name for each API, which the configuration does not have: ##API_1_NAME## keeps the name at the tenant.',
  'Origins are web_origins; what an application has in allowed_origins stays.',
];

/** A `tenant.yaml` for auth0-deploy-cli 8. @see management-api, section 3.3 */
export const deployCliFile: Convert = (written, edition) => {
  const leftOut = new LeftOut(written);
  const objects = guestObjects(written, edition, leftOut);
  const clients = clientsOf(objects, leftOut);
  const data = {
    ...(Object.keys(objects.tenant).length > 0 && { tenant: objects.tenant }),
    ...(clients.length > 0 && { clients }),
    ...(objects.apis.length > 0 && { resourceServers: apisOf(objects, leftOut) }),
    ...(objects.grants.length > 0 && { clientGrants: grantsOf(objects) }),
  };
  const body = Object.keys(data).length > 0 ? renderYaml(data, { quoted: true }) : '{}\n';
  return { text: `${headOf(prose, leftOut.sorted)}${body}`, leftOut: leftOut.sorted };
};

function clientsOf({ apps }: GuestObjects, leftOut: LeftOut): JsonObject[] {
  return apps.flatMap(({ reference, members }) => {
    if (!isClientId(reference)) return [{ name: reference, ...members }];
    leftOut.add(['apps', reference], 'auth0-deploy-cli requires the name of an application, and this is a client id.');
    return [];
  });
}

/** Version 8.44.0 refuses a guest policy, so an API in edition `ea` can be neither opened nor closed. */
function apisOf({ apis }: GuestObjects, leftOut: LeftOut): JsonObject[] {
  return apis.map(({ audience, members: { subject_type_authorization: policy, ...members } }, index) => {
    if (policy !== undefined) {
      leftOut.add(
        ['apis', audience, 'open'],
        'auth0-deploy-cli 8.44.0 refuses subject_type_authorization.anonymous_user. Set it with anon-cli api enable or disable.',
      );
    }
    return { name: `##API_${index + 1}_NAME##`, identifier: audience, ...members };
  });
}

function grantsOf({ grants }: GuestObjects): JsonObject[] {
  return grants.map(({ app, audience, scopes }) => ({
    ...{ client_id: app, audience, subject_type: 'anonymous_user' },
    scope: scopes,
  }));
}
