import { describe, expect, it } from 'vitest';
import { freshMachine } from '../../../support/command.ts';
const yaml = `tenant:
  lifetime: 90d
apps:
  web:
    enabled: true
    oidc-conformant: true
    origins: [http://localhost:3000]
apis:
  https://shop.example/api:
    open: true
    token-lifetime: 1d
    scopes: [read:catalog]
claims:
  https://example.com/language: metadata.language
`;
it('try', async () => {
  const machine = await freshMachine({ edition: 'ea' });
  const list = await machine.done('api', 'list', '--json');
  const file = machine.file('anon.yaml', yaml.replace('https://shop.example/api', list.json[0].audience));
  for (const argv of [['config','plan','-f',file],['config','plan','-f',file,'--json'],['config','plan','-f',file,'--format','markdown'],['config','apply','-f',file],['config','apply','-f',file,'--yes'],['config','apply','-f',file,'--yes'],['config','drift'],['tenant','set-lifetime','1d'],['config','drift'],['config','undo','--yes'],['config','apply','-f',file,'--yes'],['config','undo','--list'],['config','undo','--yes'],['config','undo','--list']]) {
    const r = await machine.run(...argv);
    console.log('$', argv.join(' '), '->', r.code, '\n', r.stdout, r.stderr);
  }
});
