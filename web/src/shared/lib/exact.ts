// JSON with exact amounts. A number that a double holds exactly (a safe integer) stays a number; any other keeps its
// digits as text, because 0.1 has no double and 1000038.24886885 may lose its end.

/** An amount as the server sent it: text with all digits, or a safe integer. Never computed with as it is. */
export type Amount = string | number;

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d{1,15}$/;

/** The document of `text`. Throws SyntaxError for what is no JSON. */
export function parseExact(text: string): unknown {
  return JSON.parse(text.replace(TOKEN, (token) => (token[0] === '"' || INTEGER.test(token) ? token : `"${token}"`)));
}
