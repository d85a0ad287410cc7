import { join } from 'node:path';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { tenantTime } from '../../domain/exchange/tenant-time.ts';
import { addressOf, originOf, sameHost } from '../../domain/profile/address.ts';
import { localProfileName } from '../../domain/profile/name.ts';
import type { ProfileStore } from '../../domain/profile/profile.ts';
import { defaultSessionName } from '../../domain/session/saved-session.ts';
import { AnonError } from '../../errors.ts';
import { localKeyRing } from '../../io/embedded/keys.ts';
import type { LocalPorts } from '../../io/embedded/ports.ts';
import type { StateAddress } from '../../io/embedded/state-address.ts';
import { keepPrivate } from '../../io/files/private-mode.ts';
import { retryPolicy } from '../../io/terminal/waiting.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { loopback } from '../../wire/url.ts';
import type { Printing } from '../output/formats.ts';
import type { Report } from '../output/report.ts';
import { clockNote } from '../render/clock-note.ts';
import type { Context, Transport, World } from './context.ts';
import type { DatabaseText } from './database-state.ts';
import { environmentOf } from './environment.ts';
import { localProcesses } from './local-processes.ts';
import { type DatabaseChoice, localState, profileFor } from './local-state.ts';
import { secretStores } from './secret-stores.ts';

type Reporting = Pick<Report, 'warn' | 'aside' | 'warnAtOnce' | 'debug'>;

export function createContext(world: World, { warn, aside, warnAtOnce, debug }: Reporting): Context {
  const { clock, terminal, timer, readOnly } = world;
  const env = environmentOf(world.env);
  const now = () => clock.now();

  // Their content is for this user alone.
  const folders = async () => {
    const found = await world.folders();
    if (!readOnly) for (const folder of [found.config, found.data]) keepPrivate(folder, warn);
    return found;
  };

  const locked = async <Result>(path: string, work: () => Promise<Result>): Promise<Result> =>
    (await import('../../io/files/lock.ts')).withLock(path, clock, work);

  // One lock per kind of file: a holder may take the other meanwhile, never the same one again.
  const exclusively =
    (name: 'profiles' | 'local-tenant' | 'certificates') =>
    async <Result>(work: () => Promise<Result>): Promise<Result> => {
      const { privateFolder } = await import('../../io/files/files.ts');
      const { data } = await folders();
      privateFolder(data);
      return locked(join(data, `${name}.lock`), work);
    };

  const stateFile = async () => (await import('../../io/files/folders.ts')).localStatePath(await folders());
  const savedDatabase = async () => (await (await profiles()).get(localProfileName))?.database;
  const stateOf = async (choice: DatabaseChoice) => localState({ env, warn, file: await stateFile() }, choice);
  const chosenState = async (given?: DatabaseText) => stateOf({ given, saved: savedDatabase });
  const certificatePorts = async () => {
    return { folder: join((await folders()).data, 'tls'), now, warn, exclusively: exclusively('certificates') };
  };
  const localPorts = async <State extends StateAddress>(state: State): Promise<LocalPorts<State>> => {
    const [certificates, { actionLimits }] = [await certificatePorts(), world];
    return { state, now, warn, exclusively: exclusively('local-tenant'), certificates, actionLimits };
  };

  // A user without folders has no local tenant, and can use commands that need none.
  const stateIfAny = async () =>
    stateFile().then(
      () => stateOf({ saved: savedDatabase }),
      () => undefined,
    );

  const { secrets, secretsOf, secretPlace } = secretStores({ ...world, env, folders }, { now, warn });

  const profiles = async (): Promise<ProfileStore> => {
    const { profileStore } = await import('../../io/store/profiles.ts');
    const savedSecrets = () => secrets('file');
    return profileStore({
      defaultProfile: localProfileName,
      folders: await folders(),
      now,
      warn,
      readOnly,
      secrets: savedSecrets,
      exclusively: exclusively('profiles'),
    });
  };

  const printing: Printing = {};
  const ending = { exitCode: 0 };
  const observed = async (tenant: TenantConnection, transport: Transport): Promise<TenantConnection> => {
    const { calls } = printing;
    const recordedTenant = calls ? (await import('../output/tenant-observers.ts')).recorded(tenant, calls) : tenant;
    return transport.debug
      ? (await import('../output/tenant-observers.ts')).withDebugLines(recordedTenant, debug)
      : recordedTenant;
  };
  const withProgress = async (tenant: TenantConnection, { spins }: Transport): Promise<TenantConnection> => {
    if (!timer || !spins || !terminal.noteRewritable) return tenant;
    return (await import('../output/tenant-observers.ts')).withSpinner(tenant, { terminal, clock, timer });
  };
  const userFiles = async (path: string) => {
    const files = await import('../../io/files/user-file.ts');
    const { questionsRuledOutBy: name } = terminal;
    if (name === undefined || !files.isTerminalFile(path)) return files;
    const reason = `it is a terminal, and ${name} disables input from it`;
    throw new AnonError('usage', `${path} cannot be read: ${reason}.`);
  };
  const readFile = async (path: string, limitBytes?: number) => (await userFiles(path)).readUserFile(path, limitBytes);
  const readBytes = async (path: string) => (await userFiles(path)).readUserBytes(path);
  const certificates = async (path: string) =>
    (await import('../../io/http/trusted-certificates.ts')).readCertificateFile(path, readBytes);

  return {
    terminal,
    clock,
    timer,
    env,
    warn,
    aside,
    warnAtOnce,
    printing,
    ending,
    get signal() {
      return world.signal();
    },
    readFile,
    namesInFolder: async (path) => (await import('../../io/files/user-file.ts')).namesInUserFolder(path),
    writeNewFile: async (path, text) => (await import('../../io/files/user-file.ts')).writeNewUserFile(path, text),
    replaceFile: async (path, texts) => (await import('../../io/files/user-file.ts')).replaceUserFile(path, texts),
    async *readLines(path) {
      yield* (await import('../../io/files/user-file.ts')).readLines(path);
    },
    async guestFile(path, endOffset, writers) {
      const { newGuestFile, resumedGuestFile } = await import('../../io/files/guest-file.ts');
      return endOffset === undefined ? newGuestFile(path, writers) : resumedGuestFile(path, endOffset, writers);
    },
    async alone(file, work) {
      const { withFileLock } = await import('../../io/files/lock.ts');
      return withFileLock(join((await folders()).data, 'locks'), file, now, work);
    },
    async changing({ issuer }, work) {
      const { withTenantLock } = await import('../../io/files/lock.ts');
      const folder = join((await folders()).data, 'locks');
      // With ANON_SAVE=0 the user already knows that nothing can be saved.
      const quiet = env.ANON_SAVE === '0';
      return withTenantLock({ folder, clock, warn: quiet ? () => {} : warn }, sameHost(issuer), work);
    },
    readBytes,
    confirm: world.confirm,
    prompts: world.prompts,
    profiles,
    async asUsed(profile) {
      const { name, database } = profile;
      if (name !== localProfileName || (database === undefined && !env.ANON_DATABASE_URL)) return profile;
      return profileFor(await stateOf({ saved: async () => database }), profile);
    },
    async withEdition(profile, asked) {
      if (profile.domain !== undefined) return profile;
      const { localEdition } = await import('../../io/embedded/names.ts');
      return { ...profile, edition: await localEdition(() => stateOf({ saved: async () => profile.database }), asked) };
    },
    async clockOf({ domain, database }) {
      if (domain !== undefined) return clock;
      const { localClock } = await import('../../io/embedded/local-clock.ts');
      const moved = await localClock(() => stateOf({ saved: async () => database }), warn);
      if (!moved) return clock;
      aside(clockNote(moved.readingAt(now())));
      return { now: () => moved.timeAt(now()) };
    },
    secrets,
    secretsOf,
    secretPlace,
    async sessions({ name, domain, secrets: place, database }) {
      const { sessionStore } = await import('../../io/store/sessions.ts');
      const tenant = database && (await import('./database-state.ts')).keyOfDatabase(database);
      // The local tenant never needs the keyring.
      const inKeyring = place === 'keyring' && name !== localProfileName;
      const savedSecrets = async () => (inKeyring ? secrets('keyring') : undefined);
      return sessionStore({
        ...{ profile: name, tenant, origin: originOf(domain), unnamed: defaultSessionName },
        ...{ folders: await folders(), secrets: savedSecrets, locked, now, warn, readOnly },
      });
    },
    async connect(profile, { selection, edition, transport, management: given, database, memory, signal, faultless }) {
      const { maxWaitMs, silent, timeoutMs } = transport;
      const waits = retryPolicy(maxWaitMs, { clock, terminal }, silent);
      const common = { profile: profile.name, selection, clock, retry: waits, warn };
      const { domain } = profile;
      if (domain === undefined) {
        const { connectLocal } = await import('../../io/embedded/tenant.ts');
        const state = memory ?? (await stateOf({ given: database, saved: async () => profile.database }));
        const how = { edition, faultless, timeoutMs };
        return observed(await connectLocal(await localPorts(state), { ...common, timeBy: tenantTime }, how), transport);
      }
      const [{ connectRemote }, { managementAccess }] = await Promise.all([
        import('../../io/http/http.ts'),
        import('./management-credentials.ts'),
      ]);
      const saveEdition = async (found: EditionName) => {
        if (profile.adHoc || readOnly) return;
        await (await profiles()).change(profile.name, (before) => before && { ...before, edition: found });
      };
      const mayHaveAnyTime = loopback.test(new URL(addressOf(domain).issuer).hostname);
      const caFile = transport.caFile ? await certificates(transport.caFile) : undefined;
      const management = given ?? managementAccess({ env, readFile, warn }, profile, () => secretsOf(profile));
      const remote = connectRemote(
        profile,
        { ...common, time: tenantTime(clock, { mayHaveAnyTime }), ...addressOf(domain), management, saveEdition },
        { env, signal: signal ?? world.signal(), caFile },
        transport.timeoutMs,
      );
      const waiting = await withProgress(remote, transport);
      return observed(edition ? { ...waiting, edition } : waiting, transport);
    },
    async localKeys(edition) {
      return localKeyRing(stateIfAny, warn, edition, { now, onMoved: (reading) => aside(clockNote(reading)) });
    },
    async configRecords() {
      const { configRecords } = await import('../../io/store/config-records.ts');
      return configRecords({ folders: await folders(), now, warn, readOnly });
    },
    async keyCache() {
      return (await import('../../io/store/caches.ts')).keyCache({ folders: await folders(), now, warn });
    },
    localState: ({ database }) => stateOf({ saved: async () => database }),
    placeOf: world.placeOf ?? (async () => 'unknown'),
    async certificates() {
      const { localCertificates } = await import('../../io/certificates/local-certificates.ts');
      return localCertificates(await certificatePorts(), world.trust);
    },
    ...localProcesses(world, folders),
    async local(given) {
      const { localControl } = await import('../../io/embedded/control.ts');
      return localControl(await localPorts(await chosenState(given)));
    },
    chosenState,
    async serve(state, options) {
      const { serveLocal } = await import('../../io/embedded/server.ts');
      return serveLocal(await localPorts(state), options);
    },
  };
}
