import { describe, expect, it } from 'vitest';
import { type FolderWorld, userFolders } from '../../../src/io/files/folders.ts';
import { failureOf } from '../../support/domain.ts';

function nobody(): never {
  throw new Error('the user database has no such user');
}

const folders = (env: FolderWorld['env'], world: Partial<FolderWorld> = {}) =>
  userFolders({ env, platform: 'linux', homeOfUser: () => '/home/ann', ...world });

const ofAnn = { config: '/home/ann/.config/anon-cli', data: '/home/ann/.local/share/anon-cli' };

describe('the folders of a user', () => {
  it.each<[NodeJS.Platform, FolderWorld['env'], object]>([
    ['linux', { HOME: '/home/ann' }, ofAnn],
    [
      'linux',
      { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d' },
      { config: '/c/anon-cli', data: '/d/anon-cli' },
    ],
    [
      'darwin',
      { HOME: '/Users/ann', XDG_CONFIG_HOME: '/c' },
      {
        config: '/Users/ann/Library/Preferences/anon-cli',
        data: '/Users/ann/Library/Application Support/anon-cli',
      },
    ],
    [
      'win32',
      { USERPROFILE: 'C:\\Users\\ann', APPDATA: 'D:\\Roaming' },
      { config: 'D:\\Roaming\\anon-cli\\Config', data: 'C:\\Users\\ann\\AppData\\Local\\anon-cli\\Data' },
    ],
  ])('follow the platform: %s, %j', (platform, env, expected) => {
    expect(folders(env, { platform })).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    '.',
    'data',
    './data',
    '../data',
    '~',
    '~/.config',
    '~ann/.config',
    '$HOME/.config',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a service manager leaves it
    '${HOME}/.config',
    '%h/.config',
  ])('ignore an XDG_* variable that is not an absolute path: %j', (path) => {
    expect(folders({ HOME: '/home/ann', XDG_CONFIG_HOME: path, XDG_DATA_HOME: path })).toEqual(ofAnn);
    expect(
      folders({ USERPROFILE: 'C:\\Users\\ann', APPDATA: path, LOCALAPPDATA: path }, { platform: 'win32' }).data,
    ).toBe('C:\\Users\\ann\\AppData\\Local\\anon-cli\\Data');
  });

  it.each([undefined, '', ' ', '.', 'home', '~', '$HOME', '/', '//', '/nonexistent', '/dev/null', '/var/empty'])(
    'are below the home folder of the user database where HOME has none: %j',
    (home) => {
      expect(folders({ HOME: home })).toEqual(ofAnn);
    },
  );

  it('follow HOME rather than the user database, with white space and quotes removed', () => {
    for (const home of ['/tmp/job', ' /tmp/job\r\n', '"/tmp/job"', "'/tmp/job'"]) {
      expect(folders({ HOME: home }).config).toBe('/tmp/job/.config/anon-cli');
    }
  });

  it('must be given where there is no home folder', async () => {
    for (const env of [{}, { HOME: '' }, { HOME: 'home' }, { XDG_DATA_HOME: '/d' }]) {
      expect(await failureOf(() => folders(env, { homeOfUser: nobody }))).toMatchObject({
        code: 'usage',
        message: 'HOME is not an absolute path, and this user has no home folder.',
        hint: 'Set HOME, or XDG_CONFIG_HOME and XDG_DATA_HOME, to an absolute path.',
      });
    }
    expect(await failureOf(() => folders({}, { homeOfUser: () => '', platform: 'win32' }))).toMatchObject({
      hint: 'Set USERPROFILE, or APPDATA and LOCALAPPDATA, to an absolute path.',
    });
  });

  it('need no home folder where variables give them all, and are absolute even for a user without one', () => {
    const named = { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d' };
    expect(folders(named, { homeOfUser: nobody })).toEqual({ config: '/c/anon-cli', data: '/d/anon-cli' });
    expect(folders({ HOME: '/' }, { homeOfUser: nobody }).data).toBe('/.local/share/anon-cli');
    expect(folders({}, { homeOfUser: () => '/nonexistent' }).data).toBe('/nonexistent/.local/share/anon-cli');
  });
});
