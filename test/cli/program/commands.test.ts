import { expect, it } from 'vitest';
import { commands } from '../../../src/cli/program/commands.ts';
import { missingScopes } from '../../../src/domain/exchange/management/needed-scopes.ts';

/** These request tokens, or set up the local tenant, whose profile may do everything. */
const withoutManagement = /^(token |quickstart$)/;

it('the table of needed scopes has every command that calls the Management API, and no other', async () => {
  const calling: string[] = [];
  for (const [path, load] of Object.entries(commands)) {
    const command = await load();
    if (command.calls === 'tenant' && !withoutManagement.test(path)) calling.push(path);
  }
  const listed = new Set(missingScopes([], undefined).flatMap((missing) => missing.commands));
  expect([...listed].sort()).toEqual(calling.sort());
});
