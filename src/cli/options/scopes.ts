/** Scopes as a user writes them: joined by commas, spaces or both; each once. */
export function scopeList(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((scope) => scope !== ''))];
}

/** As the wire wants them. @see RFC 6749, section 3.3 */
export function scopeText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : scopeList(text).join(' ');
}
