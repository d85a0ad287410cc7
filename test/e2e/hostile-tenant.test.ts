import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editionNames } from '../../src/wire/edition/edition.ts';
import { newHome, run } from '../support/bin.ts';
import { everyCard, type HostileAnswer, hostileAnswers } from '../support/hostile/answers.ts';
import { appSecret, type HostileCommand, hostileCommands, metadataValues } from '../support/hostile/commands.ts';
import { complaintsOf } from '../support/hostile/output-checks.ts';
import { asItShouldBe, behaving, played, type Scene, sceneOf } from '../support/hostile/scene.ts';
import { hostileTenant } from '../support/hostile/tenant.ts';

/** To test other combinations: `HOSTILE_SEED=7 npx vitest run test/e2e/hostile-tenant.test.ts`. */
const seed = Number(process.env.HOSTILE_SEED ?? 20260601);
const answers = hostileAnswers(seed, 300);

const perTest = 30;
const tests = Array.from({ length: answers.length / perTest }, (_, nth) => ({ first: nth * perTest }));

it('the answers cover every status, body, header, transport and place', () => {
  const dealt = new Set(answers.flatMap((answer) => Object.values(answer)));
  expect(everyCard.filter((card) => !dealt.has(card))).toEqual([]);
});

describe('a command against a hostile tenant', () => {
  /** Warnings from Node.js, such as about leaks and deprecated APIs. */
  const warned: string[] = [];
  const note = ({ message }: Error) => void warned.push(message);
  beforeAll(() => void process.on('warning', note));
  afterAll(() => void process.off('warning', note));

  it.each(tests)(
    'ends in time with a documented exit code and one error, without printing secrets (answers from $first)',
    {
      timeout: 120_000,
    },
    async ({ first }) => {
      const tenant = await hostileTenant();
      const scenes = { preview: await sceneOf('preview', tenant), ea: await sceneOf('ea', tenant) };
      const failing: string[] = [];
      for (const answer of answers.slice(first, first + perTest)) {
        const scene = scenes[editionNames[Math.floor(answer.number / 5) % 2] ?? 'preview'];
        for (const [nth, command] of hostileCommands(scene).entries()) {
          // Every second command gets this answer and the others get the next, so that each command gets every kind.
          if ((answer.number + nth) % 2 === 1) continue;
          // One place limits the size of an answer for all commands, so that six of them meet each answer without end.
          if (isHuge(answer) && nth % 4 > 1) continue;
          const json = (Math.floor(answer.number / 10) + nth) % 2 === 0;
          failing.push(...(await failuresOf(scene, answer, command, json)));
        }
      }
      expect(failing.join('\n')).toBe('');
      expect(tenant.strayed(), 'connections to where redirects lead').toBe(0);
      expect(warned).toEqual([]);
    },
  );
});

function isHuge({ body, head }: HostileAnswer): boolean {
  return body === 'no end' || body === '10 MB of members' || head === 'gzip that blows up';
}

/** The faults of one command, with everything needed to reproduce them. */
async function failuresOf(
  scene: Scene,
  answer: HostileAnswer,
  command: HostileCommand,
  json: boolean,
): Promise<string[]> {
  const words = `${command.argv.join(' ')}${json ? ' --json' : ''}`;
  const failed = (complaint: string) =>
    `${complaint}\n    anon-cli ${words}\n    ${scene.edition}, seed ${seed}, answer ${JSON.stringify(answer)}`;
  try {
    const outcome = await played(scene, answer, command, json);
    const { code, stdout, stderr } = outcome;
    const shown = `    ended with ${code}; stderr: ${stderr.slice(0, 400)}; stdout: ${stdout.slice(0, 100)}`;
    return complaintsOf(outcome, answer, command, json).map((complaint) => `${failed(complaint)}\n${shown}`);
  } catch (error) {
    return [failed(String(error).split('\n', 1)[0] ?? '')];
  }
}

describe('the program against a hostile tenant', () => {
  it.each<[string, Partial<HostileAnswer>, number]>([
    ['lists nested 100,000 levels deep', { body: 'lists 100,000 deep' }, 1],
    ['objects nested 100,000 levels deep', { body: 'objects 100,000 deep', status: '400' }, 4],
    ['10 MB of members', { body: '10 MB of members', place: 'all but /oauth/token' }, 1],
    ['an endless body', { body: 'no end', place: 'all but /oauth/token' }, 6],
    ['a small body that decompresses to a large one', { head: 'gzip that blows up', place: 'what is for guests' }, 1],
    [
      'a refusal that repeats every value',
      { body: 'an error that repeats every value', status: '403', place: 'what is for guests' },
      1,
    ],
    ['control characters', { body: 'an error of control characters', status: '403', place: 'what is for guests' }, 1],
    ['a redirect to another server', { status: '307 to elsewhere', place: 'what is for guests' }, 1],
    ['another protocol', { status: 'another protocol', place: 'what is for guests' }, 6],
    ['a broken connection', { delivery: 'reset in its body', place: 'what is for guests' }, 6],
  ])('ends with one error and without using more memory: %s', { timeout: 60_000 }, async (_, strange, expected) => {
    const tenant = await hostileTenant();
    const scene = await sceneOf('preview', tenant);
    const answer = { ...asItShouldBe, ...strange };
    tenant.meet({ answer, handle: behaving(scene, Date.now), onRequest() {} });
    const meta = metadataValues.flatMap((value, nth) => ['--meta', `m${nth}=${value}`]);
    const command = ['token', 'create', '--app', 'server', '--api', 'shop', ...meta, '--max-wait', '1s', '--json'];
    const { code, signal, stdout, stderr } = await run(newHome(), command, {
      env: {
        AUTH0_DOMAIN: tenant.url,
        AUTH0_CLIENT_ID: scene.client.clientId,
        AUTH0_CLIENT_SECRET: scene.client.clientSecret,
        ANON_APP_SECRET: appSecret,
        NODE_OPTIONS: '--max-old-space-size=256',
      },
    });
    expect({ code, signal, stdout, lines: stderr.trimEnd().split('\n').length }, stderr.slice(0, 500)).toEqual({
      ...{ code: expected, signal: null, stdout: '', lines: 1 },
    });
    expect(JSON.parse(stderr).error).toMatchObject({ exit_code: expected });
    for (const secret of [...scene.secrets, appSecret, ...metadataValues]) {
      expect(stderr.includes(secret) || stderr.includes(JSON.stringify(secret).slice(1, -1)), 'tells a secret').toBe(
        false,
      );
    }
    expect(tenant.strayed()).toBe(0);
  });
});
