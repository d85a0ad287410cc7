/** Those members of `change` that say something other than `before`: a default that counts already is no change. */
export function changed<Setting extends object>(before: Setting, change: Partial<Setting>): Partial<Setting> {
  const differing = Object.entries(change).filter(([key, value]) => {
    const now = before[key as keyof Setting];
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(now);
  });
  return Object.fromEntries(differing) as Partial<Setting>;
}
