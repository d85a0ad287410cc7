import enquirer from 'enquirer';
import fuzzysort, { type KeysResult } from 'fuzzysort';
import { answered, questionScreen } from './answered.ts';

/** One of what a person chooses from. */
export interface Choice {
  /** What it is known by; each only once. */
  readonly value: string;
  /** What is shown of it and searched. */
  readonly label: string;
  /** What is shown beside it, and searched too. */
  readonly note?: string;
  /** Chosen unless taken away; where more than one may be chosen. */
  readonly selected?: boolean;
  /** Offered whatever was typed. */
  readonly pinned?: boolean;
}

/** As many rows as are shown at once, and as are kept of what a search finds. */
const shownRows = 8;
const keptRows = 200;

/** A choice as enquirer keeps it. */
interface Row {
  readonly name: string;
  readonly message: string;
  readonly choice: Choice;
  enabled: boolean;
}

type Style = (text: string) => string;

/** What the picker uses of enquirer's prompt; its type declarations leave the prompts out. */
interface AutoComplete {
  choices: Row[];
  index: number;
  input: string;
  readonly multiple: boolean;
  readonly selected: Row | Row[];
  readonly visible: readonly Row[];
  readonly state: { _choices: Row[]; limit: number | undefined; submitted: boolean; cancelled?: boolean };
  readonly styles: Readonly<Record<'primary' | 'muted' | 'success', Style>>;
  render(): Promise<void>;
  run(): Promise<unknown>;
  toChoices(rows: readonly object[]): Promise<Row[]>;
}

interface Prompts {
  readonly AutoComplete: new (options: object) => AutoComplete;
  readonly Select: { readonly prototype: Pick<AutoComplete, 'render'> };
}

const { AutoComplete, Select } = enquirer as unknown as Prompts;

/**
 * Enquirer's prompt with a search of its own: the original looks at every choice for each choice at every key,
 * takes what is typed for a regular expression, and submits what was found before the last key when text is pasted.
 */
class Picker extends AutoComplete {
  private readonly offered: readonly Choice[];
  private rows: readonly Row[] = [];
  private found = 0;

  constructor(message: string, choices: readonly Choice[], { multiple }: { multiple: boolean }) {
    super({
      message,
      multiple,
      choices: [],
      // Without it enquirer takes the first choice for chosen.
      initial: [],
      limit: shownRows,
      ...questionScreen(),
      footer: () => this.footnote(),
      validate: () => !multiple || (this.selected as Row[]).length > 0 || 'Choose at least one, with the space bar',
    });
    this.offered = choices;
  }

  async reset(): Promise<void> {
    this.rows = await this.toChoices(
      this.offered.map((choice) => ({
        name: choice.value,
        message: choice.label,
        enabled: choice.selected === true,
        choice,
      })),
    );
    this.state._choices = [...this.rows];
    this.search();
  }

  complete(): Promise<void> {
    this.search();
    return this.render();
  }

  /** Without the original's marks in what was found. */
  override render(): Promise<void> {
    return Select.prototype.render.call(this);
  }

  private search(): void {
    const pinned = this.rows.filter(({ choice }) => choice.pinned);
    const others = this.rows.filter(({ choice }) => !choice.pinned);
    const found = this.input === '' ? others : matching(this.input, others);
    this.found = found.length;
    const above = shownRows - pinned.length;
    this.choices = [...found.slice(0, above), ...pinned, ...found.slice(above, keptRows)];
    this.state.limit = undefined;
    this.index = 0;
  }

  format(): string {
    if (!this.state.submitted || this.state.cancelled) return this.input;
    return this.styles.primary([this.selected].flat().map(labelOf).join(', '));
  }

  renderChoice(row: Row, index: number): string {
    const focused = this.index === index;
    const width = Math.max(...this.visible.map(({ choice }) => choice.label.length));
    const mark = this.multiple ? `${row.enabled ? this.styles.success('◉') : this.styles.muted('◯')} ` : '';
    const label = focused ? this.styles.primary(row.choice.label) : row.choice.label;
    const note = row.choice.note ?? '';
    const padding = note && ' '.repeat(width - row.choice.label.length + 2);
    return `${focused ? this.styles.primary('❯') : ' '} ${mark}${label}${padding}${this.styles.muted(note)}`;
  }

  private footnote(): string {
    if (this.state.submitted) return '';
    const keys = this.multiple ? 'space chooses, enter goes on' : 'enter chooses';
    const search = this.rows.length > shownRows ? `${this.found} found, type to search, ` : '';
    return this.styles.muted(`  ${search}${keys}`);
  }
}

/**
 * Best first: by the letters of the label in their order, and behind all of these by those of the note. An id that is
 * nothing but letters has any three of them somewhere.
 */
function matching(input: string, rows: readonly Row[]): Row[] {
  const keys = [(row: Row) => row.choice.label, (row: Row) => row.choice.note ?? ''];
  const scoreFn = ([label, note]: KeysResult<Row>) => (label && label.score > 0 ? 1 + label.score : (note?.score ?? 0));
  return fuzzysort.go(input, rows, { keys, scoreFn, limit: 0, threshold: 0 }).map(({ obj }) => obj);
}

function labelOf(row: Row | undefined): string {
  return row?.choice.label ?? '';
}

/**
 * Asks a person to choose one on the terminal, on stderr, by the arrow keys or by typing some of it; the first is
 * the default. Thousands of choices are searched in a blink. @throws {AnonError} `interrupted` on Ctrl-C
 */
export async function choose(message: string, choices: readonly Choice[]): Promise<string> {
  return (await answered(new Picker(message, choices, { multiple: false }).run())) as string;
}

/** The same for at least one. */
export async function chooseMany(message: string, choices: readonly Choice[]): Promise<string[]> {
  return (await answered(new Picker(message, choices, { multiple: true }).run())) as string[];
}
