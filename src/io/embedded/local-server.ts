import type { Listening } from '../../local/http/listen.ts';
import type { RateLimit } from '../../local/http/rate-limit.ts';
import type { Explain, ServedRequest } from '../../local/http/served-request.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { WorldGuestTokens } from '../../wire/tenant-world.ts';
import type { ControlAddress, ControlPolicy } from './control-address.ts';
import type { shownObjects } from './guest-objects.ts';
import type { WorldToServe } from './local-worlds.ts';
import type { OwnFiles } from './serving-certificate.ts';

/** The application and the API of a guest. */
export interface StartValues {
  readonly app: { readonly clientId: string; readonly name: string };
  readonly api: { readonly audience: string; readonly name: string };
}

export interface LocalServer extends Listening {
  readonly issuer: string;
  /** The previous issuer, where it changed. */
  readonly issuerBefore: string | undefined;
  /** The edition at the start; a reset by another process may change it. */
  readonly edition: EditionName;
  /** The file with the certificate that clients must trust; undefined over plain HTTP and with a certificate of the user's own. */
  readonly authority: string | undefined;
  /** Everything it makes follows from a seed. */
  readonly predictable: boolean;
  /** The guests of its world. */
  readonly guests: readonly WorldGuestTokens[];
  /** Undefined where the control endpoints are off or cannot be reached from this machine. */
  readonly control: ControlAddress | undefined;
  /** As {@link ServeOptions.values} finds them; undefined without it, and with a warning where the tenant cannot be read. */
  values(): Promise<StartValues | undefined>;
  /**
   * Opens the tenant where the server listened first; every request waits for it.
   * @throws what serveLocal throws, except for the port
   */
  open(): Promise<void>;
  /** Saves what the next start may begin with. */
  save(): Promise<void>;
}

/** The applications and APIs of the tenant that a server serves. */
export type ServedObjects = ReturnType<typeof shownObjects>;

export interface ServeOptions {
  /** 0 is any free port; the default is the domain's, or the issuer's on localhost. */
  readonly port?: number | undefined;
  /** A host, with a port other than 443. */
  readonly domain?: string | undefined;
  /** An IP address of this machine, or `0.0.0.0` or `::` for all; by default only this machine can connect. */
  readonly address?: string | undefined;
  readonly edition?: EditionName | undefined;
  /** For a state in memory: makes it predictable, for tests. */
  readonly seedRandom?: number | undefined;
  /** For a state in memory: what it has from the first request on. */
  readonly world?: WorldToServe | undefined;
  readonly rateLimit?: RateLimit | undefined;
  /** The id of a user who is logged in where the login page would appear. */
  readonly autoLogin?: string | undefined;
  /** Host names to accept beside `localhost`, its addresses and the issuer's host. */
  readonly hosts?: readonly string[] | undefined;
  /** Nobody by default. */
  readonly control?: ControlPolicy;
  /** Called after every response but those of /health and of the control endpoints. */
  readonly onServed?: ((served: ServedRequest) => void) | undefined;
  /** Explains refusals to those who read the recorded requests. */
  readonly explain?: Explain | undefined;
  /** Plain HTTP alone, without certificates. */
  readonly plainHttp?: boolean | undefined;
  /** In place of a certificate of the local tenant's authority. */
  readonly ownCertificate?: OwnFiles | undefined;
  /** What the caller prints of the tenant. It depends on nothing but the tenant and `key`. */
  readonly values?: {
    readonly key: string;
    readonly find: (objects: ServedObjects) => Promise<StartValues | undefined>;
  };
  /** For a state in memory: certificates for the authority's file, in PEM, beside the authority's. */
  readonly alsoTrusted?: string | undefined;
}
