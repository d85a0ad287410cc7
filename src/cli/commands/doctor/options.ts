import type { WriteOptions } from '../../tenant/write.ts';

/** What the command line of doctor may say. */
export interface DoctorOptions extends WriteOptions {
  readonly app?: string;
  readonly api?: string;
  readonly scopes?: string;
  readonly probe?: true;
  readonly clientSecret?: string;
  readonly fix?: true;
  readonly oidcConformant?: true;
  readonly matrix?: true;
  readonly all?: true;
}
