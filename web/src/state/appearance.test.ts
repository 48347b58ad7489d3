import { expect, it } from "vitest";
import { loadAppearance } from "./appearance";

const fresh = { theme: "system", language: "en", zone: "utc" };

it.each([
  ["nothing kept", null, "en-GB", fresh],
  ["a Chinese browser", null, "zh-TW", { ...fresh, language: "zh-Hant" }],
  ["all kept", '{"theme":"dark","language":"zh-Hant","zone":"local"}', "en", { theme: "dark", language: "zh-Hant", zone: "local" }],
  ["values of another version", '{"theme":"pink","language":7,"zone":null}', "en", fresh],
  ["no JSON", "{", "en", fresh],
] as const)("%s", (_, kept, language, appearance) => {
  expect(loadAppearance(kept, language)).toEqual(appearance);
});
