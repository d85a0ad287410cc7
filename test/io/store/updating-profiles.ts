import { join } from 'node:path';
import { systemClock } from '../../../src/io/clock.ts';
import { withLock } from '../../../src/io/files/lock.ts';
import { profileStore } from '../../../src/io/store/profiles.ts';

// Run as its own process: changes profiles in a folder the given number of times, among them one that the other
// processes change too.
const [folder = '', name = '', times = '0'] = process.argv.slice(2);
const clock = systemClock(() => new AbortController().signal);
const store = profileStore({
  defaultProfile: 'local',
  folders: { config: folder, data: folder },
  secrets: async () => {
    throw new Error('there is no secret to move');
  },
  now: () => clock.now(),
  warn: (message) => {
    throw new Error(message);
  },
  exclusively: (work) => withLock(join(folder, 'profiles.lock'), clock, work),
});

async function changeMany(): Promise<void> {
  for (let done = 0; done < Number(times); done += 1) {
    await store.change(`${name}-${done}`, () => ({ name: `${name}-${done}`, domain: 'acme.example' }));
    await store.change('shared', (before) => {
      const count = Number(before?.app?.name ?? 0) + 1;
      return { name: 'shared', app: { clientId: 'count', name: String(count) } };
    });
  }
}

void changeMany();
