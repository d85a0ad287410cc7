/** An application of a world, by its name. */
export interface LocalWorldApp {
  readonly 'client-id'?: string;
  readonly 'client-secret'?: string;
  /** Default: `spa`; with a `client-secret`, `regular_web`. */
  readonly type?: 'native' | 'spa' | 'regular_web' | 'non_interactive';
  /** Whether it may create guest sessions. */
  readonly enabled?: boolean;
  readonly 'oidc-conformant'?: boolean;
  readonly origins?: readonly string[];
  readonly callbacks?: readonly string[];
  readonly 'logout-urls'?: readonly string[];
}

/** An API of a world, by its audience. */
export interface LocalWorldApi {
  readonly name?: string;
  /** All its scopes (default: those of guests). */
  readonly 'defined-scopes'?: readonly string[];
  /** Whether it accepts guests. */
  readonly open?: boolean;
  /** `2h`, `1d` */
  readonly 'token-lifetime'?: string;
  /** The scopes of the guests of every enabled application of the world. */
  readonly scopes?: readonly string[];
  /** In place of `scopes`, for the guests of one application (edition `ea`). */
  readonly apps?: Readonly<Record<string, readonly string[]>>;
}

/** A user of a world, by e-mail address. */
export interface LocalWorldUser {
  readonly password?: string;
  readonly name?: string;
  /** What follows `auth0|` in their id. */
  readonly id?: string;
  readonly 'email-verified'?: boolean;
  readonly 'user-metadata'?: Readonly<Record<string, unknown>>;
  readonly 'app-metadata'?: Readonly<Record<string, unknown>>;
}

/** An Action of a world. A relative path starts at the folder of the world's file, or at the working directory. */
export interface LocalWorldAction {
  readonly file: string;
  /** Default: the name of the file, without its extension. */
  readonly name?: string;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A guest of a world, by a name of your choice. */
export interface LocalWorldGuest {
  /** Default: the first enabled application of the world, or the only one. */
  readonly app?: string;
  /** Default: the first open API of the world, or the only one. */
  readonly api?: string;
  /** What follows `anon|` or `anon@` in the guest id. */
  readonly id?: string;
  readonly scopes?: readonly string[];
  /** At most 1024 bytes as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** How long ago the session began: `3d`. One that would have ended is expired. */
  readonly age?: string;
}

/** What a tenant should have: the same as in a file for `anon-cli local seed`. */
export interface LocalWorld {
  readonly edition?: 'preview' | 'ea';
  /** One of the two: `2027-01-01T00:00Z`, or `+31d`. */
  readonly clock?: { readonly 'frozen-at'?: string; readonly offset?: string };
  /** A seed, or a private RSA key as a JWK and 32 bytes in base64url. */
  readonly keys?: {
    readonly seed?: number;
    readonly signing?: Readonly<Record<string, unknown>>;
    readonly session?: string;
  };
  readonly tenant?: {
    /** `30d`, or `never` */
    readonly lifetime?: string;
    readonly format?: 'jwe' | 'jwt';
    readonly cookie?: boolean;
  };
  readonly apps?: Readonly<Record<string, LocalWorldApp>>;
  readonly apis?: Readonly<Record<string, LocalWorldApi>>;
  /** Claims of guests' access tokens, by name: `metadata.language` */
  readonly claims?: Readonly<Record<string, string>>;
  readonly users?: Readonly<Record<string, LocalWorldUser>>;
  readonly actions?: {
    readonly 'post-login'?: readonly LocalWorldAction[];
    readonly 'pre-user-registration'?: readonly LocalWorldAction[];
  };
  readonly guests?: Readonly<Record<string, LocalWorldGuest>>;
}

/** A guest of a world with their tokens. */
export interface LocalGuest {
  readonly guestId: string;
  readonly sessionToken: string;
  readonly accessToken: string;
  readonly clientId: string;
  readonly audience: string;
}
