/**
 * Runs `work` for at most `limitMs`. Then its signal is aborted, and it is waited for no longer.
 * What `work` did until then stands; that it failed is nobody's concern.
 */
export async function withinTime(limitMs: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve();
    }, limitMs);
  });
  await Promise.race([work(controller.signal).catch(() => {}), over]);
  clearTimeout(timer);
}
