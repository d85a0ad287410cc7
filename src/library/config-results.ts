/** Where something is in a file; line and column start at 1. */
export interface ConfigPlaceResult {
  /** As it was named, `stdin`, or an option: `--set apps.web.enabled`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a file. */
export interface ConfigProblemResult extends ConfigPlaceResult {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** What a policy found. */
export interface ConfigPolicyResult {
  /** `unknown`: nothing says whether the policy holds. */
  readonly state: 'violated' | 'unknown';
  readonly severity: 'error' | 'warning';
  /** The policy's rule: `max-session-lifetime`. */
  readonly rule: string;
  /** `tenant`, `claims`, or the audience of an API. */
  readonly subject: string;
  readonly message: string;
  /** Why, in the words of the policy. */
  readonly reason?: string;
  /** Where the policy is. */
  readonly policy: ConfigPlaceResult;
  /** Where the configuration says what is against it. */
  readonly place?: ConfigPlaceResult;
}

/** `config validate` */
export interface ConfigValidateResult {
  /** Those that were named or found, with policy files. */
  readonly files: readonly string[];
  /** Whether there are no errors; policies don't count. */
  readonly valid: boolean;
  /** Sorted by place. */
  readonly problems: readonly ConfigProblemResult[];
  readonly policies: readonly ConfigPolicyResult[];
}

/** `config init` */
export interface ConfigInitResult {
  /** The new file; null with `--stdout`. */
  readonly file: string | null;
  readonly text: string;
}

/** `config schema`: a JSON Schema, draft 7 */
export type ConfigSchemaResult = { readonly [member: string]: unknown };

/** `config convert` */
export interface ConfigConvertResult {
  /** The tool whose files it wrote, or null. */
  readonly to: 'terraform' | 'deploy-cli' | null;
  /** The tool whose files it read, or null. */
  readonly from: 'terraform' | 'deploy-cli' | null;
  /** The new file; null: stdout. */
  readonly file: string | null;
  readonly text: string;
  /** What the text does not say, with places in the files that were read. */
  readonly left_out: readonly ConfigProblemResult[];
}

/** `doctor --policy` */
export interface DoctorPolicyResult {
  readonly issuer: string;
  /** How many policies there are. */
  readonly checked: number;
  /** Those that do not hold, or about which nothing is known. */
  readonly policies: readonly ConfigPolicyResult[];
}
