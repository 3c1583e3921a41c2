import { byId } from './element.js';

const KEPT_AS = 'tunpike-token';

/** The token that this tab has been given; undefined if none. */
export const token = (): string | undefined => sessionStorage.getItem(KEPT_AS) ?? undefined;

/** Shows the page that asks for the token, until somebody has given one. */
export const askForToken = async (): Promise<void> => {
  const [page, lab] = [byId('token-page'), byId('lab')];
  const [form, field, problem] = [byId('token-form'), byId<HTMLInputElement>('token'), byId('token-error')];
  problem.textContent = token() === undefined ? '' : 'That is not its token.';
  [page.hidden, lab.hidden] = [false, true];
  field.value = '';
  field.focus();
  await new Promise<void>((resolve) => {
    form.addEventListener(
      'submit',
      (event) => {
        event.preventDefault();
        sessionStorage.setItem(KEPT_AS, field.value);
        resolve();
      },
      { once: true },
    );
  });
  page.hidden = true;
};
