import { foundText } from '../../document/found.ts';
import type { DocumentNode, MapEntry, ScalarNode } from '../../document/node.ts';
import { type Place, type Problem, problemAt, warningAt } from '../../document/problem.ts';
import { lifetimeArgument } from '../../duration.ts';
import { configText, referenceIn, withoutMarks } from './references.ts';

/** A member of another tool's file: its name there, where it is, and its value. */
export interface Member extends MapEntry {
  readonly name: string;
}

/**
 * A member by its path. Terraform has a block as a list with one item, which is passed through; null, an empty list on the way
 * and a missing member are undefined.
 */
export function memberAt(node: DocumentNode | undefined, ...path: readonly string[]): Member | undefined {
  let found: Member | undefined;
  let at = node;
  for (const name of path) {
    const map = blockIn(at);
    const entry = map?.kind === 'map' ? map.entries.get(name) : undefined;
    if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return undefined;
    found = { ...entry, name };
    at = entry.value;
  }
  return found;
}

function blockIn(node: DocumentNode | undefined): DocumentNode | undefined {
  return node?.kind === 'list' && node.items.length === 1 ? node.items[0] : node;
}

/** The items of a list; none where it is something else. */
export function itemsOf(member: Member | undefined): readonly DocumentNode[] {
  return member?.value.kind === 'list' ? member.value.items : [];
}

/** Reads values as a configuration has them, and collects what is wrong with them. */
export class Values {
  readonly problems: Problem[] = [];
  readonly leftOut: Problem[] = [];

  leave(place: Place, message: string, hint?: string): void {
    this.leftOut.push(warningAt(place, withoutMarks(message), hint));
  }

  /** A text, in which references are `${NAME}`. */
  text(member: Member | undefined): string | undefined {
    if (!member) return undefined;
    const { value } = member;
    if (value.kind === 'scalar' && typeof value.value === 'string') return configText(value.value);
    return this.#refuse(member, 'a text');
  }

  texts(member: Member | undefined): string[] | undefined {
    if (!member) return undefined;
    if (member.value.kind === 'scalar' && referenceIn(String(member.value.value)) !== undefined) {
      const what = `'${member.name}' is a reference to a whole list`;
      this.leave(member.value.place, `${what}, which a configuration can't have: it is left out.`);
      return undefined;
    }
    if (member.value.kind !== 'list') return this.#refuse(member, 'a list');
    return member.value.items.flatMap((item) => this.text({ ...member, value: item }) ?? []);
  }

  truth(member: Member | undefined): boolean | string | undefined {
    if (!member) return undefined;
    const { value } = member;
    if (value.kind === 'scalar') {
      if (typeof value.value === 'boolean') return value.value;
      const name = referenceIn(String(value.value));
      if (name !== undefined) return `$\u007b${name}}`;
    }
    return this.#refuse(member, 'true or false');
  }

  /** `30d`, of a number of `unit`s; a reference gets the unit: `${MINUTES}m`. With `orNever`, 0 is `never`. */
  duration(member: Member | undefined, unit: 's' | 'm', { orNever = false } = {}): string | undefined {
    if (!member) return undefined;
    const { value } = member;
    if (value.kind === 'scalar') {
      if (Number.isSafeInteger(value.value) && Number(value.value) >= (orNever ? 0 : 1)) {
        return lifetimeArgument(Number(value.value) * (unit === 'm' ? 60 : 1));
      }
      const name = referenceIn(String(value.value));
      if (name !== undefined) return `$\u007b${name}}${unit}`;
    }
    return this.#refuse(member, unit === 'm' ? 'a whole number of minutes' : 'a whole number of seconds');
  }

  choice<Choice extends string>(member: Member | undefined, choices: readonly Choice[]): Choice | undefined {
    if (!member) return undefined;
    const value = (member.value as ScalarNode).value;
    return choices.find((choice) => choice === value) ?? this.#refuse(member, choices.join(' or '));
  }

  #refuse({ name, value }: Member, expected: string): undefined {
    const message = `'${name}' must be ${expected}, not ${foundText(value, { secret: false })}.`;
    this.problems.push(problemAt(value.place, withoutMarks(message)));
  }
}
