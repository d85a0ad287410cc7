/** The tenant's time at the start. */
export interface ClockStart {
  /** A `Date`, or ISO 8601 with its time zone: `2027-01-01T00:00Z` (default: now). */
  readonly now?: Date | string;
  /** The time stands still until it is moved (default: it goes on). */
  readonly frozen?: boolean;
}

/**
 * The tenant's clock. All that the tenant signs or judges follows it, and so does the `Date` of its responses; certificates do
 * not. Each function returns the tenant's time after the change.
 */
export interface TenantClock {
  /** The tenant's time. */
  now(): Date;
  /**
   * Moves the time by a number of seconds or a duration, `45s`, `90m`, `12h`, `31d` or `1y`; with `-`, back.
   * @throws `usage`
   */
  advance(by: number | string): Promise<Date>;
  /** Sets the time; it goes on, or stands still, as before. @throws `usage` */
  set(to: Date | string): Promise<Date>;
  /** Stops the time, at the present one or the given one. @throws `usage` */
  freeze(at?: Date | string): Promise<Date>;
  /** Lets a stopped time go on. */
  run(): Promise<Date>;
  /** Back to the time of this machine. */
  reset(): Promise<Date>;
}
