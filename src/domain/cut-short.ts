/** The most characters of an error that anybody reads, and more than any command line that is meant to be copied. */
const most = 4000;

/** Text in which a tenant may have put as much as it likes, no longer than somebody reads. */
export function cutShort(text: string): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}
