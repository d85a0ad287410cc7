import { expect, it } from 'vitest';
import { commands } from '../../../../src/cli/program/commands.ts';
import { commandsThatNeed, missingScopes } from '../../../../src/domain/exchange/management/needed-scopes.ts';

it('scopes that are missing are named with the commands that need them', () => {
  const granted = ['read:tenant_settings', 'update:tenant_settings', 'read:clients', 'create:clients'];
  expect(missingScopes(granted, 'preview')).toEqual([
    {
      scope: 'update:clients',
      commands: [
        ...['app enable', 'app disable', 'app origins add', 'app origins remove', 'app callbacks add'],
        ...['app callbacks remove', 'app logout-urls add', 'app logout-urls remove'],
        ...['claims set', 'claims remove', 'setup', 'config apply', 'config undo'],
      ],
    },
    { scope: 'delete:clients', commands: ['app delete'] },
    {
      scope: 'read:resource_servers',
      commands: [
        ...['api list', 'api show', 'api create', 'api enable', 'api disable', 'api delete', 'api scopes add'],
        ...['api scopes remove', 'setup', 'doctor', 'config init', 'config export', 'config plan', 'config drift'],
        ...['config diff', 'config apply', 'config undo'],
      ],
    },
    { scope: 'create:resource_servers', commands: ['api create'] },
    {
      scope: 'update:resource_servers',
      commands: [
        ...['api enable', 'api disable', 'api scopes add', 'api scopes remove', 'setup'],
        ...['config apply', 'config undo'],
      ],
    },
    { scope: 'delete:resource_servers', commands: ['api delete'] },
  ]);
});

it('client grants are needed if the edition has them or is unknown', () => {
  const scopes = (edition: 'preview' | 'ea' | undefined) => missingScopes([], edition).map(({ scope }) => scope);
  expect(scopes('preview').some((scope) => scope.endsWith(':client_grants'))).toBe(false);
  for (const edition of ['ea', undefined] as const) {
    expect(scopes(edition)).toEqual(
      expect.arrayContaining([
        'read:client_grants',
        'create:client_grants',
        'update:client_grants',
        'delete:client_grants',
      ]),
    );
  }
});

it('every command that is named exists', () => {
  const named = missingScopes([], undefined).flatMap((missing) => missing.commands);
  expect(named.filter((name) => !(name in commands))).toEqual([]);
  expect(commandsThatNeed('read:clients')).toContain('app list');
  expect(commandsThatNeed('update:clients', 'ea')).not.toContain('claims set');
  expect(commandsThatNeed('update:resource_servers', 'ea')).toEqual(
    expect.arrayContaining(['claims set', 'claims remove']),
  );
  expect(commandsThatNeed('read:users')).toEqual([]);
});
