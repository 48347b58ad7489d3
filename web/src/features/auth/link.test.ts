import { expect, it } from "vitest";
import { linkToken } from "./link";

it.each([
  ["#login=abc-1", "", "abc-1"],
  ["", "?login=x", "x"],
  ["", "", null],
  ["#other=1", "?next=/", null],
])("%s%s", (hash, search, token) => {
  expect(linkToken({ hash, search })).toBe(token);
});
