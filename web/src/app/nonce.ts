// The page's policy takes styles only with the nonce of this load. The component library names it on its own; helpers
// beneath it (the scroll lock of dialogs, the measuring of scroll bars) do not, so every new style element gets it here.
export const NONCE = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

const make = document.createElement.bind(document);
document.createElement = (name: string, options?: ElementCreationOptions) => {
  const element = make(name, options);
  if (element instanceof HTMLStyleElement) element.nonce = NONCE;
  return element;
};
