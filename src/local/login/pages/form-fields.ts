import { type Html, html, nothing } from './html.ts';

/** What is wrong with a form that was sent, and the field that gets the focus for it. */
export interface FormProblem {
  readonly text: string;
  readonly field: 'email' | 'password';
}

/** The first element of a form with a problem. Fields refer to it by its id. */
export function problemLine(problem: FormProblem | undefined): Html {
  return problem ? html`<p class="problem" role="alert" id="problem">${problem.text}</p>` : nothing;
}

interface Field {
  readonly id: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  /** An autofill field name. @see HTML, section 4.10.18.7 */
  readonly autocomplete: string;
  readonly value?: string;
  readonly hasFocus: boolean;
  readonly hasProblem: boolean;
  readonly hint?: string;
}

/** A required field with its label. An e-mail address has the type text: as `email`, browsers change and refuse some. */
export function field({ id, label, type, autocomplete, value, hasFocus, hasProblem, hint }: Field): Html {
  const descriptions = [...(hasProblem ? ['problem'] : []), ...(hint === undefined ? [] : [`${id}-hint`])];
  const attributes = [
    type === 'text' ? html` inputmode="email" autocapitalize="none" spellcheck="false"` : nothing,
    value === undefined ? nothing : html` value="${value}"`,
    hasFocus ? html` autofocus` : nothing,
    hasProblem ? html` aria-invalid="true"` : nothing,
    descriptions.length === 0 ? nothing : html` aria-describedby="${descriptions.join(' ')}"`,
  ];
  return html`<label for="${id}">${label}</label>
<input id="${id}" name="${id}" type="${type}" autocomplete="${autocomplete}" required${attributes}>
${hint === undefined ? nothing : html`<p class="hint" id="${id}-hint">${hint}</p>`}`;
}

export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** The field that has the focus when the page opens: the wrong one, otherwise the first empty one. */
export function focusedField(problem: FormProblem | undefined, email: string | undefined): 'email' | 'password' {
  return problem?.field ?? (email ? 'password' : 'email');
}
