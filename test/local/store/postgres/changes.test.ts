import { beforeEach, describe, expect, it } from 'vitest';
import { ChangeFeed } from '../../../../src/local/store/postgres/changes.ts';

describe('what has changed', () => {
  let nowMs: number;
  /** The state in the database. */
  let state: { epoch: string; revision: number };
  /** Questions that the database has seen, and answers when it is released. */
  let asked: (() => void)[];
  let feed: ChangeFeed;
  beforeEach(async () => {
    [nowMs, asked] = [0, []];
    state = { epoch: 'one', revision: 0 };
    const ask = (since: number) => {
      const { epoch, revision } = state;
      const changes = Array.from({ length: Math.max(0, revision - since) }, (_, n) => since + n + 1);
      const row = { epoch, revision, complete_since: 0, changed_in: null };
      const rows = changes.map((changed) => ({ ...row, changed_in: changed, kind: 'client', id: `${changed}` }));
      return new Promise<typeof rows | (typeof row)[]>((resolve) => {
        asked.push(() => resolve(rows.length > 0 ? rows : [row]));
      });
    };
    feed = new ChangeFeed(ask, () => nowMs);
    expect(await since(0, false)).toEqual({ revision: 0, changed: undefined });
  });

  const answer = () => {
    for (const release of asked.splice(0)) release();
  };

  /** Asks, and has the database answer. */
  const since = async (revision: number, mayLag: boolean) => {
    const changes = feed.since(revision, mayLag);
    answer();
    const { changed, revision: newest } = await changes;
    return { revision: newest, changed: changed?.map(({ id }) => id) };
  };

  it('is asked once for all who may lag', async () => {
    nowMs = 100;
    const all = [feed.since(0, true), feed.since(0, true), feed.since(0, true)];
    expect(asked).toHaveLength(1);
    answer();
    for (const changes of all) expect(await changes).toEqual({ revision: 0, changed: [] });
  });

  it('is asked for each who may not lag', () => {
    void feed.since(0, false);
    void feed.since(0, false);
    expect(asked).toHaveLength(2);
  });

  it('is asked again by those who have heard of a later revision', async () => {
    nowMs = 100;
    const earlier = feed.since(0, true);
    state.revision = 1;
    feed.heard(1);
    const later = feed.since(0, true);
    expect(asked).toHaveLength(2);
    answer();
    expect(await earlier).toEqual({ revision: 0, changed: [] });
    expect(await later).toMatchObject({ revision: 1, changed: [{ id: '1' }] });
  });

  it('is everything for whoever asked before the connection was lost', async () => {
    const before = feed.since(0, false);
    feed.forget();
    answer();
    expect(await before).toEqual({ revision: 0, changed: undefined });
    expect(await since(0, true)).toEqual({ revision: 0, changed: undefined });
    expect(await since(0, true)).toEqual({ revision: 0, changed: [] });
  });

  it('is everything in another state, even if it has the same revision', async () => {
    state.epoch = 'other';
    expect(await since(0, false)).toEqual({ revision: 0, changed: undefined });
    expect(await since(0, false)).toEqual({ revision: 0, changed: [] });
  });

  it('is answered from what another caller has learnt, as long as it is young', async () => {
    state.revision = 3;
    expect(await since(0, false)).toEqual({ revision: 3, changed: ['1', '2', '3'] });
    expect(await feed.since(1, true)).toMatchObject({ revision: 3, changed: [{ id: '2' }, { id: '3' }] });
    expect(asked).toHaveLength(0);
    nowMs = 41;
    state.revision = 4;
    expect(await since(1, true)).toEqual({ revision: 4, changed: ['2', '3', '4'] });
  });

  it('is asked for again by whoever knows less than what is known', async () => {
    state.revision = 2;
    expect(await since(1, false)).toEqual({ revision: 2, changed: ['2'] });
    expect(await since(0, true)).toEqual({ revision: 2, changed: ['1', '2'] });
  });

  it('is reported to whoever waits when it cannot be asked for, not to whoever has an answer', async () => {
    const failing = new ChangeFeed(
      async () => {
        if (nowMs > 0) throw new Error('down');
        return [{ epoch: 'one', revision: 0, complete_since: 0, changed_in: null }];
      },
      () => nowMs,
    );
    await failing.since(0, true);
    nowMs = 30;
    expect(await failing.since(0, true)).toEqual({ revision: 0, changed: [] });
    nowMs = 41;
    await expect(failing.since(0, true)).rejects.toThrow('down');
  });
});
