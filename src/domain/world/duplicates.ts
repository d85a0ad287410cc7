import type { TenantWorld, WorldPath, WorldProblem } from '../../wire/tenant-world.ts';

/** What a world has twice under different keys. */
export function duplicates({ users, actions, apps }: TenantWorld): WorldProblem[] {
  const ofTrigger = (trigger: string, index: number) =>
    actions.slice(0, index).filter((action) => action.trigger === trigger).length;
  return [
    ...repeated(users, ({ email }) => ({
      ...{ value: email.toLowerCase(), path: ['users', email] },
      message: 'Another user here has this e-mail address in other letters.',
    })),
    ...repeated(actions, ({ trigger, name }, index) => ({
      ...{ value: `${trigger}\n${name}`, path: ['actions', trigger, ofTrigger(trigger, index)] },
      message: 'Another Action of this trigger here has the same name.',
      hint: 'Give it a name of its own: name',
    })),
    ...repeated(apps, ({ reference, clientId }) => ({
      ...{ value: clientId, path: ['apps', reference, 'client-id'] },
      message: 'Another application here has this client id.',
    })),
  ];
}

interface Repeatable extends WorldProblem {
  readonly value: string | undefined;
  readonly path: WorldPath;
}

function repeated<Item>(items: readonly Item[], read: (item: Item, index: number) => Repeatable): WorldProblem[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const { value, ...problem } = read(item, index);
    if (value === undefined || !seen.has(value)) {
      if (value !== undefined) seen.add(value);
      return [];
    }
    return [problem];
  });
}
