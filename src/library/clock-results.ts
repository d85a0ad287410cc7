/** `local clock`, and what `/_anon/clock` answers. Times are ISO 8601, in UTC. */
export type LocalClockResult = {
  /** By the tenant's clock. */
  readonly now: string;
  readonly machine_now: string;
  /** How far the tenant's clock is ahead of the machine's; negative when it is behind. */
  readonly offset_seconds: number;
  /** It stands still. */
  readonly frozen: boolean;
};
