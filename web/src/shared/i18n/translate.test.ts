import { describe, expect, it } from "vitest";
import { DICTIONARIES, fill, translator, type Key } from "./translate";

const keys = Object.keys(DICTIONARIES.en) as Key[];
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(Object.entries(DICTIONARIES))("the dictionary %s", (_, texts) => {
  it("has every key and no other", () => {
    expect(Object.keys(texts).sort()).toEqual([...keys].sort());
  });

  it("says something for each, with the same facts", () => {
    for (const key of keys) {
      expect(texts[key].trim(), key).not.toBe("");
      expect(places(texts[key]), key).toEqual(places(DICTIONARIES.en[key]));
    }
  });
});

it("Chinese is not English left over", () => {
  const same = keys.filter((key) => DICTIONARIES["zh-Hant"][key] === DICTIONARIES.en[key] && /[a-z]{3}/.test(DICTIONARIES.en[key]));
  expect(same.filter((key) => !key.startsWith("same."))).toEqual([]);
});

it("facts stand in their places, what is not known stays visible", () => {
  expect(fill("cancel {n} of {total}", { n: 3 })).toBe("cancel 3 of {total}");
  expect(translator("en")("common.retry")).toBe("Try again");
});
