import { AutoComplete, type Key, knownKeys, type Row, Select } from './enquirer-prompt.ts';
import type { Choice, ChoiceOrNew } from './prompt.ts';
import { answerLines, awaitAnswer, questionLines, questionScreen, type Wrap } from './question.ts';
import { searched } from './search.ts';

/** The most rows shown at once. */
const shownRows = 8;
/** Rows for the question, its keys, the new item and an error. */
const otherRows = 6;

/** Enquirer's name for the row of a new item. No id begins with a space. */
const freshName = ' new';

/**
 * Enquirer's prompt with another search: the original takes quadratic time on every key, treats the text as a regular
 * expression, and submits a stale result when text is pasted. The original list is circular; this one ends with a row for
 * a new item.
 */
class Picker extends AutoComplete {
  private readonly question: string;
  private readonly wrap: Wrap;
  private readonly offered: readonly Choice[];
  /** The noun for a new item: `application`. */
  private readonly fresh: string | undefined;
  private readonly shown: number;
  private readonly columns: number;
  private rows: readonly Row[] = [];
  private freshRow: Row | undefined;
  private found: readonly Row[] = [];
  /** Index in `found` of the first visible row. */
  private top = 0;
  /** Index in `found` of the focused row; its length stands for the new item. */
  private at = 0;

  constructor(
    question: string,
    choices: readonly Choice[],
    wrap: Wrap,
    { multiple, fresh }: { multiple: boolean; fresh?: string | undefined },
  ) {
    const screen = questionScreen();
    super({
      ...questionLines(question, wrap),
      multiple,
      choices: [],
      // Otherwise enquirer selects the first choice.
      initial: [],
      ...screen,
      footer: () => this.footnote(),
      validate: () => this.problem() ?? true,
    });
    this.question = question;
    this.wrap = wrap;
    this.offered = choices;
    this.fresh = fresh;
    this.shown = Math.max(1, Math.min(shownRows, screen.rows - otherRows));
    this.columns = screen.columns;
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
    [this.freshRow] = this.fresh === undefined ? [] : await this.toChoices([{ name: freshName, choice: undefined }]);
    this.state._choices = [...this.rows];
    this.search();
  }

  override async keypress(text: string | undefined, key: Key = {}): Promise<void> {
    const { name = '', ctrl = false, meta = false } = key;
    if (ctrl && name === 'u') return this.searchFor('');
    if (ctrl && name === 'w') return this.searchFor(this.input.replace(/\S+\s*$/, ''));
    const isKnown = ctrl ? name === 'c' : !key.shift && knownKeys.includes(name);
    const isText = text !== undefined && !ctrl && !meta && !/\p{Cc}/u.test(text);
    if (isKnown || isText) return super.keypress(text, key);
    this.alert();
  }

  append(text: string): Promise<void> {
    return this.searchFor(this.input + text);
  }

  delete(): Promise<void> {
    return this.searchFor([...this.input].slice(0, -1).join(''));
  }

  private searchFor(text: string): Promise<void> {
    this.input = text;
    this.cursor = text.length;
    this.search();
    return this.render();
  }

  /** Without the original's highlighting of matches. */
  override render(): Promise<void> {
    return Select.prototype.render.call(this);
  }

  up(): Promise<void> {
    return this.moveTo(this.at - 1);
  }

  down(): Promise<void> {
    return this.moveTo(this.at + 1);
  }

  pageUp(): Promise<void> {
    return this.moveTo(Math.max(0, this.at - this.shown));
  }

  pageDown(): Promise<void> {
    return this.moveTo(Math.min(this.last, this.at + this.shown));
  }

  home(): Promise<void> {
    return this.moveTo(0);
  }

  end(): Promise<void> {
    return this.moveTo(this.last);
  }

  private get last(): number {
    return this.found.length - (this.freshRow ? 0 : 1);
  }

  /** Wraps around at both ends. */
  private moveTo(index: number): Promise<void> {
    this.at = index < 0 ? Math.max(0, this.last) : index > this.last ? 0 : index;
    this.frame();
    return this.render();
  }

  private search(): void {
    this.found = searched(this.rows, this.input, ({ choice }) => ({
      name: choice?.label ?? '',
      ids: [choice?.value ?? ''],
    }));
    this.top = 0;
    this.at = 0;
    this.frame();
  }

  /** Gives enquirer only the visible rows, so that it never scrolls. */
  private frame(): void {
    const inList = Math.min(this.at, this.found.length - 1);
    this.top = Math.max(0, Math.min(this.top, inList), inList - this.shown + 1);
    const list = this.found.slice(this.top, this.top + this.shown);
    this.choices = this.freshRow ? [...list, this.freshRow] : list;
    this.state.limit = this.choices.length;
    this.index = this.at === this.found.length ? list.length : this.at - this.top;
  }

  format(): string {
    if (!this.state.submitted || this.state.cancelled) return this.input;
    const answer = [this.selected]
      .flat()
      .map((row) => this.labelOf(row))
      .join(', ');
    return this.styles.primary(answerLines(this.question, answer, this.wrap));
  }

  renderChoice(row: Row, index: number): string {
    const focused = this.index === index;
    const mark = this.multiple ? `${row.enabled ? this.styles.success('◉') : this.styles.muted('◯')} ` : '';
    const text = this.labelOf(row);
    const lines = this.wrap(text, this.columns - (this.multiple ? 5 : 3)).join(this.multiple ? '\n    ' : '\n  ');
    const label = focused ? this.styles.primary(lines) : lines;
    return `${focused ? this.styles.primary('❯') : ' '} ${mark}${label}${this.noteOf(row, text)}`;
  }

  /** The note in its own column beside the label; omitted where it doesn't fit. */
  private noteOf({ choice }: Row, label: string): string {
    const note = choice?.note ?? '';
    if (note === '') return '';
    const labels = this.visible.map(({ choice: other }) => other?.label.length ?? 0);
    const width = Math.max(...labels) + 2;
    const before = this.multiple ? 4 : 2;
    return before + width + note.length < this.columns
      ? ' '.repeat(width - label.length) + this.styles.muted(note)
      : '';
  }

  private labelOf(row: Row | undefined): string {
    if (!row) return '';
    if (row.choice) return row.choice.label;
    const name = this.input.trim();
    const plus = this.state.submitted ? '' : '+ ';
    return `${plus}new ${this.fresh}${name === '' ? '' : ` '${name}'`}`;
  }

  private problem(): string | undefined {
    if (this.multiple)
      return (this.selected as Row[]).length > 0 ? undefined : 'Choose at least one with the space bar';
    return this.choices.length > 0 ? undefined : 'No matches: type less';
  }

  private footnote(): string {
    if (this.state.submitted) return '';
    const keys = this.multiple ? 'space to select, enter to continue' : 'enter to select';
    const search = this.rows.length > this.shown ? `${this.found.length} found, type to search, ` : '';
    return this.styles.muted(`  ${search}${keys}`);
  }
}

/**
 * Asks a person to select a choice on the terminal, on stderr, with the arrow keys or by typing a part of its name; the
 * first is the default. @throws {AnonError} `interrupted` on Ctrl-C
 */
export async function choose(message: string, choices: readonly Choice[], wrap: Wrap): Promise<string> {
  return (await awaitAnswer(new Picker(message, choices, wrap, { multiple: false }).run())) as string;
}

/** Like {@link choose}, or a new item with the typed name. `noun`: what the item is, as `application`. */
export async function chooseOrNew(
  message: string,
  choices: readonly Choice[],
  noun: string,
  wrap: Wrap,
): Promise<ChoiceOrNew> {
  const picker = new Picker(message, choices, wrap, { multiple: false, fresh: noun });
  const value = (await awaitAnswer(picker.run())) as string;
  return value === freshName ? { name: picker.input.trim() } : { value };
}

/** Like {@link choose}, for one or more choices. */
export async function chooseMany(message: string, choices: readonly Choice[], wrap: Wrap): Promise<string[]> {
  return (await awaitAnswer(new Picker(message, choices, wrap, { multiple: true }).run())) as string[];
}
