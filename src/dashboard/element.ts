/** What an element is given; texts are texts, whatever they contain. */
export interface Given {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** What a browser would obey rather than show: control characters, and the marks that turn the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text as it is, with `\u202e` in place of what would be obeyed. */
const plain = (text: string): string =>
  text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Makes an HTML element. */
export const make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  given: Given = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Name] => completed(document.createElement(name), given, children);

/** Makes an SVG element. */
export const draw = <Name extends keyof SVGElementTagNameMap>(
  name: Name,
  given: Given = {},
  ...children: readonly Node[]
): SVGElementTagNameMap[Name] =>
  completed(document.createElementNS('http://www.w3.org/2000/svg', name), given, children);

/** The element of the page that has an id; it is there, as index.html says. */
export const byId = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found as Kind;
};

/** Sets a text only where it differs, so that a selection in it stays. */
export const setText = (node: Node, text: string): void => {
  const shown = plain(text);
  if (node.textContent !== shown) node.textContent = shown;
};

/** Sets an attribute only where it differs. */
export const setAttribute = (element: Element, name: string, value: string): void => {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};

const completed = <Kind extends Element>(
  element: Kind,
  { class: names, text, attributes = {} }: Given,
  children: readonly Node[],
): Kind => {
  if (names !== undefined) element.setAttribute('class', names);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = plain(text);
  element.append(...children);
  return element;
};
