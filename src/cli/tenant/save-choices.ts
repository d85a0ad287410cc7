import type { Profile, SavedApi, SavedApp } from '../../domain/profile/profile.ts';
import type { Context } from '../world/context.ts';

/** Makes an application and an API what commands use at a tenant, when nothing else is said. */
export async function rememberChoices(
  context: Pick<Context, 'profiles'>,
  profile: Profile,
  { app, api }: { app: SavedApp; api: SavedApi },
): Promise<void> {
  // No file knows of such a profile, and none is made behind the user's back.
  if (profile.adHoc) return;
  await (await context.profiles()).change(profile.name, (before) => ({
    ...(before ?? profile),
    app: { clientId: app.clientId, name: app.name },
    api: { audience: api.audience, name: api.name },
  }));
}
