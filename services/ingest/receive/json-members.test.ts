import { describe, expect, it } from "vitest";
import { jsonMembers } from "./json-members.ts";

/* Real: everything. */

const membersOf = (json: string) =>
  jsonMembers(Buffer.from(json)).map(({ name, depth, text }) => [name.toString(), depth, text?.toString()]);

describe("the members of a JSON document", () => {
  it("come in order, with how deep they stand and the texts that are their values", () => {
    expect(membersOf('{"a" : "b", "c":{"d":["e", {"f":"g"}], "h":1,"i":""}, "j":"k"}')).toEqual([
      ["a", 1, "b"],
      ["c", 1, undefined],
      ["d", 2, undefined],
      ["f", 4, "g"],
      ["h", 2, undefined],
      ["i", 2, ""],
      ["j", 1, "k"],
    ]);
  });

  it("end at the first quote that is not escaped, whatever is in them", () => {
    expect(membersOf(String.raw`{"\"}":"\\", "{:":"a\"b"}`)).toEqual([
      [String.raw`\"}`, 1, String.raw`\\`],
      ["{:", 1, String.raw`a\"b`],
    ]);
  });

  it.each(["", "null", "{", '["a"]', '{"a":"b"', '{"a', '{"a":"b\\"}', '{"a":"b"]}'])("are none in %s", (json) => {
    expect(membersOf(json)).toEqual([]);
  });
});
