import { allowedOrigins, hasPages } from '../../../domain/app/allowed-origins.ts';
import type { App } from '../../../domain/app/app.ts';
import type { NewApp } from '../../../domain/app/lifecycle.ts';
import { checkUrls } from '../../../domain/app/urls.ts';
import { askUntilAccepted } from '../../input/questions.ts';
import { printable } from '../../render/printable.ts';
import { type Dialog, recordAnswer } from './dialog.ts';
import type { SetupOptions } from './options.ts';

/** Where the development servers of most frameworks serve pages. */
const usualOrigin = 'http://localhost:3000';

/** The origins in the options. An empty one stands for none. */
export function givenOrigins({ origin = [] }: Pick<SetupOptions, 'origin'>): string[] {
  return origin.filter((text) => text !== '');
}

/** The origins to allow, in addition to those that are allowed. Only an application with pages and without any needs one. */
export async function pickOrigins(dialog: Dialog, app: App | NewApp | undefined): Promise<readonly string[]> {
  const { access, options, user } = dialog;
  if (options.origin !== undefined) return givenOrigins(options);
  if (!user || !app || !hasPages(app) || ('clientId' in app && allowedOrigins(app).length > 0)) return [];
  const question = `Origins of the pages of ${printable(app.name)} (default: ${usualOrigin}; none: -)`;
  const origins = await askUntilAccepted(
    user,
    () => user.prompts.text(question),
    (text) => {
      const list = originList(text);
      checkUrls(access.tenant, 'origins', list);
      return list;
    },
  );
  recordAnswer(dialog, { origin: origins.length === 0 ? [''] : origins });
  return origins;
}

/** As a user writes them: joined by commas, spaces or both. */
function originList(text: string): string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) return [usualOrigin];
  return words.length === 1 && words[0] === '-' ? [] : words;
}
