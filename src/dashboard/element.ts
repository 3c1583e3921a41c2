/** What an element is given; texts are texts, whatever they contain. */
export interface Given {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

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
  if (node.textContent !== text) node.textContent = text;
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
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
};
